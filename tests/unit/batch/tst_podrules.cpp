#include "documents.h"

using namespace batchyard::batch;
using namespace batchyard::batch::documents;

namespace {

#define CONTAINER "/eksProperties/podProperties/containers/0"
#define AT "eksProperties.podProperties.containers[0]"
#define POD "/eksProperties/podProperties"

} // namespace

class TestPodRules : public QObject
{
    Q_OBJECT

private slots:
    void acceptsFiles();
    void pod_data();
    void pod();
    void container_data();
    void container();
    void resources_data();
    void resources();
    void volumes_data();
    void volumes();
    void containerCounts();
    void overrides_data();
    void overrides();
    void mergedResources();
};

void TestPodRules::acceptsFiles()
{
    QCOMPARE(faultText(parseJobDefinition(file("pod.json"))), QString());
    QCOMPARE(faultText(parseSubmitJobRequest(file("submit-pod.json"))), QString());
    QCOMPARE(faultText(parseComputeEnvironment(file("environment-eks.json"))), QString());
}

void TestPodRules::pod_data()
{
    columns();
    row("no pod", "/eksProperties", "{}",
        "eksProperties.podProperties: podProperties is required: the pod that runs.");
    row("platform", "/platformCapabilities", "[\"EC2\"]",
        "platformCapabilities: Jobs of EKS have no platformCapabilities; take it out.");
    row("tags", "/propagateTags", "true",
        "propagateTags: Jobs of EKS have no propagateTags; take it out.");
    row("multinode", "/type", "\"multinode\"",
        "type: type is `multinode`; with eksProperties it must be `container`.");
    row("DNS", POD "/dnsPolicy", "\"None\"",
        "eksProperties.podProperties.dnsPolicy: dnsPolicy is `None`; allowed are `Default`, "
        "`ClusterFirst` or `ClusterFirstWithHostNet`.");
    row("account", POD "/serviceAccountName", "\"Big\"",
        "eksProperties.podProperties.serviceAccountName: serviceAccountName is `Big`; allowed are "
        "lower-case letters, digits and `-` and `.`, with a letter or digit at both ends.");
    row("pull secret", POD "/imagePullSecrets", "[{\"name\": \"\"}]",
        "eksProperties.podProperties.imagePullSecrets[0].name: Name of the secret is required.");
    row("default namespace", POD "/metadata", R"({"namespace": "default"})",
        "eksProperties.podProperties.metadata.namespace: The namespace is `default`; it must not "
        "be `default` and must not start with `kube`.");
    row("system namespace", POD "/metadata", R"({"namespace": "kube-system"})",
        "eksProperties.podProperties.metadata.namespace: The namespace is `kube-system`; it must "
        "not be `default` and must not start with `kube`.");
    row("empty namespace", POD "/metadata", R"({"namespace": ""})",
        "eksProperties.podProperties.metadata.namespace: The namespace is required.");
    row("label", POD "/metadata", R"({"labels": {"-a": "b"}})",
        "eksProperties.podProperties.metadata.labels.-a: The key `-a` must have from 1 to 63 "
        "letters, digits, `-`, `_` and `.`, with a letter or digit at both ends, after a prefix "
        "with `/` if need be.");
    row("annotation's prefix", POD "/metadata", R"({"annotations": {"A/b": ""}})",
        "eksProperties.podProperties.metadata.annotations[\"A/b\"]: The key's prefix is `A`; "
        "allowed are lower-case letters, digits and `-` and `.`, with a letter or digit at both "
        "ends.");
    row("nonsense", POD, "[]", "eksProperties.podProperties: Expected an object, found a list.");
}

void TestPodRules::pod()
{
    check(podDocument(), &parseJobDefinition);
}

void TestPodRules::container_data()
{
    columns();
    row("name", CONTAINER "/name", "\"Main\"",
        AT ".name: Container name is `Main`; allowed are lower-case letters, digits and `-`, with "
           "a letter or digit at both ends.");
    row("no image", CONTAINER "/image", "", AT ".image: image is required.");
    row("image", CONTAINER "/image", "\"A b\"",
        AT ".image: Image has the invalid character ` ` at position 2; allowed are letters, digits "
           "and `-_./:@`.");
    row("pull policy", CONTAINER "/imagePullPolicy", "\"always\"",
        AT ".imagePullPolicy: imagePullPolicy is `always`; allowed are `Always`, `IfNotPresent` or "
           "`Never`.");
    row("reserved variable", CONTAINER "/env", R"([{"name": "AWS_BATCH_X"}])",
        AT ".env[0].name: `AWS_BATCH_X` is reserved: names that start with `AWS_BATCH` are set by "
           "AWS Batch.");
    row("working directory", CONTAINER "/workingDir", "\"/\"",
        AT ".workingDir: `workingDir` is unknown; it is kept but has no effect.");
    row("user", CONTAINER "/securityContext", R"({"runAsUser": -1})",
        AT ".securityContext.runAsUser: runAsUser is -1; it must be from 0 to 4294967294.");
    row("root where none may be", CONTAINER "/securityContext",
        R"({"runAsUser": 0, "runAsNonRoot": true})",
        AT ".securityContext.runAsUser: runAsUser is 0, which runAsNonRoot does not allow.");
    row("privileged without escalation", CONTAINER "/securityContext",
        R"({"privileged": true, "allowPrivilegeEscalation": false})",
        AT ".securityContext.allowPrivilegeEscalation: A privileged container cannot have "
           "allowPrivilegeEscalation false.");
    row("group alone", CONTAINER "/securityContext", R"({"runAsGroup": 5})",
        AT ".securityContext.runAsGroup: Without runAsUser the container runs here as user 0 with "
           "this group; Kubernetes takes the image's user.");
}

void TestPodRules::container()
{
    check(podDocument(), &parseJobDefinition);
}

void TestPodRules::resources_data()
{
    columns();
    row("none", CONTAINER "/resources", "",
        AT ".resources: cpu is required; add it to limits or requests, for example `1`.\n" AT
           ".resources: memory is required; add it to limits or requests, for example `64Mi`.");
    row("requests only", CONTAINER "/resources",
        R"({"requests": {"cpu": "0.25", "memory": "8Mi"}})", "");
    row("unknown", CONTAINER "/resources/limits/disk", "\"1\"",
        AT ".resources.limits.disk: `disk` is no resource; allowed are `cpu`, `memory` and "
           "`nvidia.com/gpu`.");
    row("no CPUs", CONTAINER "/resources/limits/cpu", "\"0\"",
        AT ".resources.limits.cpu: cpu is `0`; it must be above 0 and at most 10000, for example "
           "`1` or `500m`.");
    row("nonsense", CONTAINER "/resources/limits/cpu", "\"lots\"",
        AT ".resources.limits.cpu: cpu is `lots`; it must be above 0 and at most 10000, for "
           "example `1` or `500m`.");
    row("half", CONTAINER "/resources/limits/cpu", "\"500m\"", "");
    row("a tenth", CONTAINER "/resources/limits/cpu", "\"100m\"",
        AT ".resources.limits.cpu: cpu is `100m`; it runs here, but AWS Batch asks for multiples "
           "of 0.25.");
    row("too little memory", CONTAINER "/resources/limits/memory", "\"3Mi\"",
        AT ".resources.limits.memory: memory is `3Mi`; it must be at least 4 MiB, for example "
           "`64Mi`.");
    row("bytes without a suffix", CONTAINER "/resources/limits/memory", "\"64\"",
        AT ".resources.limits.memory: memory is `64`; it must be at least 4 MiB, for example "
           "`64Mi`.");
    row("GiB", CONTAINER "/resources/limits/memory", "\"1Gi\"",
        AT ".resources.limits.memory: memory is `1Gi`; it runs here, but AWS Batch asks for whole "
           "MiB with the suffix `Mi`.");
    row("part of a GPU", CONTAINER "/resources/limits/nvidia.com~1gpu", "\"0.5\"",
        AT ".resources.limits[\"nvidia.com/gpu\"]: nvidia.com/gpu is `0.5`; it must be a whole "
           "number of 1 or more.");
    row("limit below request", CONTAINER "/resources/requests", R"({"cpu": "2"})",
        AT ".resources.limits.cpu: The limit of cpu, `1`, must not be below its request, `2`.");
    row("limit above request", CONTAINER "/resources/requests", R"({"cpu": "0.5"})", "");
    row("unequal memory", CONTAINER "/resources/requests", R"({"memory": "32Mi"})",
        AT ".resources.limits.memory: The limit of memory, `64Mi`, must be equal to its request, "
           "`32Mi`.");
    row("number, not text", CONTAINER "/resources/limits/cpu", "1",
        AT ".resources.limits.cpu: Expected a string, found the number 1.");
}

void TestPodRules::resources()
{
    check(podDocument(), &parseJobDefinition);
}

void TestPodRules::volumes_data()
{
    columns();
    row("unknown volume", CONTAINER "/volumeMounts", R"([{"name": "x", "mountPath": "/x"}])",
        AT ".volumeMounts[0].name: The pod has no volume `x`.");
    row("relative path", CONTAINER "/volumeMounts", R"([{"name": "x", "mountPath": "x"}])",
        AT ".volumeMounts[0].name: The pod has no volume `x`.\n" AT
           ".volumeMounts[0].mountPath: mountPath `x` must be an absolute path, starting with "
           "`/`.");
    row("way out", POD,
        R"({"containers": [{"image": "a", "resources": {"limits": {"cpu": "1", "memory": "64Mi"}},
            "volumeMounts": [{"name": "d", "mountPath": "/d", "subPath": "../x"}]}],
            "volumes": [{"name": "d"}]})",
        AT ".volumeMounts[0].subPath: subPath `../x` must be a relative path without `..`.");
    row("same path twice", POD,
        R"({"containers": [{"image": "a", "resources": {"limits": {"cpu": "1", "memory": "64Mi"}},
            "volumeMounts": [{"name": "d", "mountPath": "/d"}, {"name": "d", "mountPath": "/d"}]}],
            "volumes": [{"name": "d"}]})",
        AT ".volumeMounts[0].mountPath: More than one volume is mounted at `/d`.\n" AT
           ".volumeMounts[1].mountPath: More than one volume is mounted at `/d`.");
#define VOLUME "eksProperties.podProperties.volumes[0]"
    row("name", POD "/volumes", R"([{"name": "A"}])",
        VOLUME ".name: Volume name is `A`; allowed are lower-case letters, digits and `-`, with a "
               "letter or digit at both ends.");
    row("two sources", POD "/volumes",
        R"([{"name": "d", "emptyDir": {}, "hostPath": {"path": "/srv/x"}}])",
        VOLUME ": The volume has 2 sources; only one of emptyDir, hostPath, persistentVolumeClaim "
               "and secret is allowed.");
    row("relative host path", POD "/volumes", R"([{"name": "d", "hostPath": {"path": "x"}}])",
        VOLUME ".hostPath.path: path `x` must be an absolute path, starting with `/`.");
    row("Docker's socket", POD "/volumes",
        R"([{"name": "d", "hostPath": {"path": "/var/run/docker.sock"}}])",
        VOLUME ".hostPath.path: Mounting `/var/run/docker.sock` gives the containers control of "
               "Docker, and with it of this machine.");
    row("medium", POD "/volumes", R"([{"name": "d", "emptyDir": {"medium": "memory"}}])",
        VOLUME ".emptyDir.medium: medium is `memory`; it must be `Memory`, or empty for the disk.");
    row("size", POD "/volumes",
        R"([{"name": "d", "emptyDir": {"medium": "Memory", "sizeLimit": "64MB"}}])",
        VOLUME ".emptyDir.sizeLimit: sizeLimit is `64MB`; it must be a number with a suffix if "
               "need be, for example `64Mi` or `1Gi`.");
    row("size on disk", POD "/volumes", R"([{"name": "d", "emptyDir": {"sizeLimit": "64Mi"}}])",
        VOLUME ".emptyDir.sizeLimit: sizeLimit has an effect with the medium `Memory` only; a "
               "directory on disk is not limited here.");
    row("secret", POD "/volumes", R"([{"name": "d", "secret": {"secretName": "../x"}}])",
        VOLUME ".secret.secretName: secretName is `../x`; allowed are lower-case letters, digits "
               "and `-` and `.`, with a letter or digit at both ends.");
    row("claim", POD "/volumes", R"([{"name": "d", "persistentVolumeClaim": {"claimName": ""}}])",
        VOLUME ".persistentVolumeClaim.claimName: claimName is required.");
}

void TestPodRules::volumes()
{
    check(podDocument(), &parseJobDefinition);
}

void TestPodRules::containerCounts()
{
    Document document = podDocument();
    Document &pod = document["eksProperties"]["podProperties"];
    const Document container = pod["containers"][0];
    pod["containers"] = Document::array();
    QCOMPARE(faultText(parseJobDefinition(bytes(document))),
             QStringLiteral("eksProperties.podProperties.containers: There are 0 containers; a pod "
                            "has from 1 to 10."));
    for (int i = 0; i < 10; ++i) {
        Document named = container;
        named["name"] = "c" + std::to_string(i);
        pod["containers"].push_back(named);
        named["name"] = "i" + std::to_string(i);
        pod["initContainers"].push_back(named);
    }
    QCOMPARE(faultText(parseJobDefinition(bytes(document))), QString());
    Document more = container;
    more["name"] = "c0";
    pod["initContainers"].push_back(more);
    QCOMPARE(
        faultText(parseJobDefinition(bytes(document))),
        QStringLiteral(
            "eksProperties.podProperties.initContainers: There are 11 init containers; at most "
            "10 are allowed.\n"
            "eksProperties.podProperties.initContainers[10].name: More than one container of "
            "the pod is named `c0`; names must be different.\n"
            "eksProperties.podProperties.containers[0].name: More than one container of the "
            "pod is named `c0`; names must be different."));
}

void TestPodRules::overrides_data()
{
    columns();
#define OVERRIDE "eksPropertiesOverride.podProperties.containers[0]"
    row("sound", "/eksPropertiesOverride",
        R"({"podProperties": {"containers": [{"name": "a", "args": [""]}]}})", "");
    row("image", "/eksPropertiesOverride",
        R"({"podProperties": {"containers": [{"image": "A b"}]}})",
        OVERRIDE ".image: Image has the invalid character ` ` at position 2; allowed are letters, "
                 "digits and `-_./:@`.");
    row("reserved variable", "/eksPropertiesOverride",
        R"({"podProperties": {"containers": [{"env": [{"name": "AWS_BATCH_X"}]}]}})",
        OVERRIDE ".env[0].name: `AWS_BATCH_X` is reserved: names that start with `AWS_BATCH` are "
                 "set by AWS Batch.");
    row("memory", "/eksPropertiesOverride",
        R"({"podProperties": {"containers": [{"resources": {"limits": {"memory": "1Mi"}}}]}})",
        OVERRIDE ".resources.limits.memory: memory is `1Mi`; it must be at least 4 MiB, for "
                 "example `64Mi`.");
    row("twice", "/eksPropertiesOverride",
        R"({"podProperties": {"initContainers": [{"name": "a"}, {"name": "a"}]}})",
        "eksPropertiesOverride.podProperties.initContainers[0].name: The container `a` is "
        "overridden more than once.\n"
        "eksPropertiesOverride.podProperties.initContainers[1].name: The container `a` is "
        "overridden more than once.");
    row("namespace", "/eksPropertiesOverride",
        R"({"podProperties": {"metadata": {"namespace": "default"}}})",
        "eksPropertiesOverride.podProperties.metadata.namespace: The namespace is `default`; it "
        "must not be `default` and must not start with `kube`.");
}

void TestPodRules::overrides()
{
    check(documents::request(), &parseSubmitJobRequest);
}

// An override that is sound by itself and not with what it is merged into.
void TestPodRules::mergedResources()
{
    const JobDefinition definition = *parseJobDefinition(bytes(podDocument())).value;
    const auto request = parseSubmitJobRequest(edited(
        documents::request(), "/eksPropertiesOverride",
        R"({"podProperties": {"containers": [{"resources": {"requests": {"cpu": "2"}}}]}})"));
    QCOMPARE(toText(validate(*request.value, definition)),
             QStringLiteral(OVERRIDE ".resources.limits.cpu: The limit of cpu, `1`, must not be "
                                     "below its request, `2`."));
    const auto initContainer = parseSubmitJobRequest(
        edited(documents::request(), "/eksPropertiesOverride",
               R"({"podProperties": {"initContainers": [{"name": "x"}]}})"));
    QCOMPARE(toText(validate(*initContainer.value, definition)),
             QStringLiteral("eksPropertiesOverride.podProperties.initContainers[0].name: The "
                            "definition `pod:0` has no such containers to override."));
}

QTEST_GUILESS_MAIN(TestPodRules)
#include "tst_podrules.moc"
