#include "backend/executor/core/instancetypes.h"

#include <map>
#include <string_view>
#include <vector>

namespace batchyard::executor::core {

namespace {

using namespace std::string_view_literals;

constexpr qint64 agentMemoryMiB = 32;
constexpr qint64 systemShare = 40; // one part of so many of the installed memory

struct Size {
    std::string_view name;
    int vcpus;
};

constexpr Size medium{"medium"sv, 1}, large{"large"sv, 2}, x1{"xlarge"sv, 4}, x2{"2xlarge"sv, 8},
    x4{"4xlarge"sv, 16}, x8{"8xlarge"sv, 32}, x9{"9xlarge"sv, 36}, x12{"12xlarge"sv, 48},
    x16{"16xlarge"sv, 64}, x18{"18xlarge"sv, 72}, x24{"24xlarge"sv, 96}, x32{"32xlarge"sv, 128},
    x48{"48xlarge"sv, 192}, metal64{"metal"sv, 64}, metal72{"metal"sv, 72}, metal96{"metal"sv, 96},
    metal128{"metal"sv, 128}, metal192{"metal"sv, 192}, metal24x{"metal-24xl"sv, 96},
    metal48x{"metal-48xl"sv, 192};

using Sizes = std::vector<Size>;

// A family whose memory grows with its vCPUs.
struct EvenFamily {
    std::string_view name;
    qint64 mebibytesPerVcpu;
    const Sizes *sizes;
    Architecture architecture = Architecture::X86_64;
};

struct SingleType {
    std::string_view family;
    std::string_view size;
    int vcpus;
    qint64 mebibytes;
    int gpus = 0;
    Architecture architecture = Architecture::X86_64;
};

struct TwinType {
    std::string_view size;
    int vcpus;
    qint64 mebibytes;
    int gpus;
};

constexpr qint64 gib = 1024;

std::vector<EvenFamily> evenFamilies()
{
    static const Sizes fifth{large, x1, x2, x4, x8, x12, x16, x24};
    static const Sizes fifthWithMetal{large, x1, x2, x4, x8, x12, x16, x24, metal96};
    static const Sizes fifthCompute{large, x1, x2, x4, x9, x12, x18, x24, metal96};
    static const Sizes sixth{large, x1, x2, x4, x8, x12, x16, x24, x32, metal128};
    static const Sizes sixthAmd{large, x1, x2, x4, x8, x12, x16, x24, x32, x48, metal192};
    static const Sizes seventh{large, x1, x2, x4, x8, x12, x16, x24, x48, metal24x, metal48x};
    static const Sizes graviton{medium, large, x1, x2, x4, x8, x12, x16, metal64};
    static const Sizes graviton4{medium, large, x1,  x2,  x4,       x8,
                                 x12,    x16,   x24, x48, metal24x, metal48x};
    constexpr auto arm = Architecture::Arm64;
    return {
        {"c5"sv, 2 * gib, &fifthCompute},     {"c5d"sv, 2 * gib, &fifthCompute},
        {"c5a"sv, 2 * gib, &fifth},           {"c5ad"sv, 2 * gib, &fifth},
        {"c6i"sv, 2 * gib, &sixth},           {"c6id"sv, 2 * gib, &sixth},
        {"c6in"sv, 2 * gib, &sixth},          {"c6a"sv, 2 * gib, &sixthAmd},
        {"c6g"sv, 2 * gib, &graviton, arm},   {"c6gd"sv, 2 * gib, &graviton, arm},
        {"c7i"sv, 2 * gib, &seventh},         {"c7g"sv, 2 * gib, &graviton, arm},
        {"c7gd"sv, 2 * gib, &graviton, arm},  {"c8g"sv, 2 * gib, &graviton4, arm},
        {"m5"sv, 4 * gib, &fifthWithMetal},   {"m5d"sv, 4 * gib, &fifthWithMetal},
        {"m5n"sv, 4 * gib, &fifthWithMetal},  {"m5dn"sv, 4 * gib, &fifthWithMetal},
        {"m5a"sv, 4 * gib, &fifth},           {"m5ad"sv, 4 * gib, &fifth},
        {"m6i"sv, 4 * gib, &sixth},           {"m6id"sv, 4 * gib, &sixth},
        {"m6a"sv, 4 * gib, &sixthAmd},        {"m6g"sv, 4 * gib, &graviton, arm},
        {"m6gd"sv, 4 * gib, &graviton, arm},  {"m7i"sv, 4 * gib, &seventh},
        {"m7g"sv, 4 * gib, &graviton, arm},   {"m7gd"sv, 4 * gib, &graviton, arm},
        {"m8g"sv, 4 * gib, &graviton4, arm},  {"r5"sv, 8 * gib, &fifthWithMetal},
        {"r5d"sv, 8 * gib, &fifthWithMetal},  {"r5n"sv, 8 * gib, &fifthWithMetal},
        {"r5dn"sv, 8 * gib, &fifthWithMetal}, {"r5b"sv, 8 * gib, &fifthWithMetal},
        {"r5a"sv, 8 * gib, &fifth},           {"r6i"sv, 8 * gib, &sixth},
        {"r6id"sv, 8 * gib, &sixth},          {"r6a"sv, 8 * gib, &sixthAmd},
        {"r6g"sv, 8 * gib, &graviton, arm},   {"r6gd"sv, 8 * gib, &graviton, arm},
        {"r7i"sv, 8 * gib, &seventh},         {"r7g"sv, 8 * gib, &graviton, arm},
        {"r7gd"sv, 8 * gib, &graviton, arm},  {"r8g"sv, 8 * gib, &graviton4, arm},
    };
}

// Families whose sizes follow no rule, the smallest first.
constexpr SingleType singleTypes[] = {
    {"t3"sv, "nano"sv, 2, 512},
    {"t3"sv, "micro"sv, 2, 1 * gib},
    {"t3"sv, "small"sv, 2, 2 * gib},
    {"t3"sv, "medium"sv, 2, 4 * gib},
    {"t3"sv, "large"sv, 2, 8 * gib},
    {"t3"sv, "xlarge"sv, 4, 16 * gib},
    {"t3"sv, "2xlarge"sv, 8, 32 * gib},
    {"c4"sv, "large"sv, 2, 3840},
    {"c4"sv, "xlarge"sv, 4, 7680},
    {"c4"sv, "2xlarge"sv, 8, 15 * gib},
    {"c4"sv, "4xlarge"sv, 16, 30 * gib},
    {"c4"sv, "8xlarge"sv, 36, 60 * gib},
    {"c5n"sv, "large"sv, 2, 5376},
    {"c5n"sv, "xlarge"sv, 4, 10752},
    {"c5n"sv, "2xlarge"sv, 8, 21 * gib},
    {"c5n"sv, "4xlarge"sv, 16, 42 * gib},
    {"c5n"sv, "9xlarge"sv, 36, 96 * gib},
    {"c5n"sv, "18xlarge"sv, 72, 192 * gib},
    {"c5n"sv, "metal"sv, 72, 192 * gib},
    {"m4"sv, "large"sv, 2, 8 * gib},
    {"m4"sv, "xlarge"sv, 4, 16 * gib},
    {"m4"sv, "2xlarge"sv, 8, 32 * gib},
    {"m4"sv, "4xlarge"sv, 16, 64 * gib},
    {"m4"sv, "10xlarge"sv, 40, 160 * gib},
    {"m4"sv, "16xlarge"sv, 64, 256 * gib},
    {"r4"sv, "large"sv, 2, 15616},
    {"r4"sv, "xlarge"sv, 4, 31232},
    {"r4"sv, "2xlarge"sv, 8, 61 * gib},
    {"r4"sv, "4xlarge"sv, 16, 122 * gib},
    {"r4"sv, "8xlarge"sv, 32, 244 * gib},
    {"r4"sv, "16xlarge"sv, 64, 488 * gib},
    {"p3"sv, "2xlarge"sv, 8, 61 * gib, 1},
    {"p3"sv, "8xlarge"sv, 32, 244 * gib, 4},
    {"p3"sv, "16xlarge"sv, 64, 488 * gib, 8},
    {"p3dn"sv, "24xlarge"sv, 96, 768 * gib, 8},
    {"p4d"sv, "24xlarge"sv, 96, 1152 * gib, 8},
    {"p5"sv, "48xlarge"sv, 192, 2048 * gib, 8},
    {"g4dn"sv, "xlarge"sv, 4, 16 * gib, 1},
    {"g4dn"sv, "2xlarge"sv, 8, 32 * gib, 1},
    {"g4dn"sv, "4xlarge"sv, 16, 64 * gib, 1},
    {"g4dn"sv, "8xlarge"sv, 32, 128 * gib, 1},
    {"g4dn"sv, "12xlarge"sv, 48, 192 * gib, 4},
    {"g4dn"sv, "16xlarge"sv, 64, 256 * gib, 1},
    {"g4dn"sv, "metal"sv, 96, 384 * gib, 8},
    {"g5g"sv, "xlarge"sv, 4, 8 * gib, 1, Architecture::Arm64},
    {"g5g"sv, "2xlarge"sv, 8, 16 * gib, 1, Architecture::Arm64},
    {"g5g"sv, "4xlarge"sv, 16, 32 * gib, 1, Architecture::Arm64},
    {"g5g"sv, "8xlarge"sv, 32, 64 * gib, 1, Architecture::Arm64},
    {"g5g"sv, "16xlarge"sv, 64, 128 * gib, 2, Architecture::Arm64},
    {"g5g"sv, "metal"sv, 64, 128 * gib, 2, Architecture::Arm64},
};

// g5 and g6 differ in their GPUs' model only.
constexpr std::string_view twinFamilies[] = {"g5"sv, "g6"sv};
constexpr TwinType twinTypes[] = {
    {"xlarge"sv, 4, 16 * gib, 1},     {"2xlarge"sv, 8, 32 * gib, 1},
    {"4xlarge"sv, 16, 64 * gib, 1},   {"8xlarge"sv, 32, 128 * gib, 1},
    {"12xlarge"sv, 48, 192 * gib, 4}, {"16xlarge"sv, 64, 256 * gib, 1},
    {"24xlarge"sv, 96, 384 * gib, 4}, {"48xlarge"sv, 192, 768 * gib, 8},
};

QString toQString(std::string_view text)
{
    return QString::fromLatin1(text.data(), static_cast<qsizetype>(text.size()));
}

using Families = std::map<QString, QList<InstanceType>>;

const Families &families()
{
    static const Families all = [] {
        Families made;
        const auto add = [&made](std::string_view family, std::string_view size,
                                 const Resources &installed, Architecture architecture) {
            const QString name = toQString(family);
            made[name].append({name + u'.' + toQString(size), installed, architecture});
        };
        for (const EvenFamily &family : evenFamilies()) {
            for (const Size &size : *family.sizes)
                add(family.name, size.name,
                    {static_cast<double>(size.vcpus), size.vcpus * family.mebibytesPerVcpu, 0},
                    family.architecture);
        }
        for (const SingleType &type : singleTypes)
            add(type.family, type.size,
                {static_cast<double>(type.vcpus), type.mebibytes, type.gpus}, type.architecture);
        for (const std::string_view family : twinFamilies) {
            for (const TwinType &type : twinTypes)
                add(family, type.size, {static_cast<double>(type.vcpus), type.mebibytes, type.gpus},
                    Architecture::X86_64);
        }
        return made;
    }();
    return all;
}

// API_ComputeResource.instanceTypes. `optimal` meant c4, m4, r4, c5, m5 and r5 once; since
// 2025-11-01 it means what default_x86_64 does (the same page).
QStringList bundle(const QString &name)
{
    if (name == u"optimal" || name == u"default_x86_64")
        return {QStringLiteral("m6i"), QStringLiteral("c6i"), QStringLiteral("r6i"),
                QStringLiteral("c7i")};
    if (name == u"default_arm64")
        return {QStringLiteral("m6g"), QStringLiteral("c6g"), QStringLiteral("r6g"),
                QStringLiteral("c7g")};
    return {};
}

// Of a type, a family or a bundle; empty when there is none of this name.
QList<InstanceType> typesNamed(const QString &name)
{
    QList<InstanceType> types;
    for (const QString &family : bundle(name))
        types += families().at(family);
    if (!types.isEmpty())
        return types;
    const auto family = families().find(name.section(u'.', 0, 0));
    if (family == families().end())
        return {};
    if (!name.contains(u'.'))
        return family->second;
    for (const InstanceType &type : family->second) {
        if (type.name == name)
            return {type};
    }
    return {};
}

QString unknownText(const QString &name)
{
    const auto family = families().find(name.section(u'.', 0, 0));
    if (family == families().end())
        return QStringLiteral("`%1` is neither an instance family nor an instance "
                              "type known here. Families: %2.")
            .arg(name, instanceFamilies().join(QStringLiteral(", ")));
    QStringList sizes;
    for (const InstanceType &type : family->second)
        sizes.append(type.name);
    return QStringLiteral("there is no `%1`. Types of family %2: %3.")
        .arg(name, family->first, sizes.join(QStringLiteral(", ")));
}

} // namespace

Resources InstanceType::forTasks() const
{
    Resources resources = installed;
    resources.memoryMiB -= installed.memoryMiB / systemShare + agentMemoryMiB;
    return resources;
}

Result<QList<InstanceType>> instanceTypes(const QStringList &names)
{
    QList<InstanceType> types;
    for (const QString &name : names) {
        const QList<InstanceType> named = typesNamed(name);
        if (named.isEmpty())
            return failure(ErrorCode::InvalidInput, unknownText(name));
        for (const InstanceType &type : named) {
            if (!types.isEmpty() && types.first().architecture != type.architecture)
                return failure(ErrorCode::InvalidInput,
                               QStringLiteral("%1 and %2 have different architectures; all "
                                              "types of a compute environment must have the same.")
                                   .arg(types.first().name, type.name));
            if (!types.contains(type))
                types.append(type);
        }
    }
    if (types.isEmpty())
        return failure(ErrorCode::InvalidInput,
                       QStringLiteral("at least one is needed, e.g. `optimal`."));
    return types;
}

QStringList instanceFamilies()
{
    QStringList names{QStringLiteral("optimal"), QStringLiteral("default_x86_64"),
                      QStringLiteral("default_arm64")};
    for (const auto &[name, types] : families())
        names.append(name);
    return names;
}

} // namespace batchyard::executor::core
