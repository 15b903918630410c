#include "backend/batch/fieldrules.h"

#include "backend/batch/limits.h"
#include "backend/batch/quantity.h"
#include "backend/batch/wording.h"

#include <algorithm>

namespace batchyard::batch {

namespace {

bool isLetterOrDigit(QChar c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9');
}

bool isNameCharacter(QChar c)
{
    return isLetterOrDigit(c) || c == u'-' || c == u'_';
}

// The whole character at this UTF-16 position, shown.
QString characterAt(const QString &text, qsizetype position)
{
    const bool isPair = text[position].isHighSurrogate() && position + 1 < text.size();
    return shown(QStringView(text).mid(position, isPair ? 2 : 1));
}

QString badCharacterFault(const QString &subject, const QString &text, qsizetype position,
                          const QString &allowed)
{
    return QStringLiteral("%1 has the invalid character %2 at position %3; allowed are %4.")
        .arg(subject, characterAt(text, position))
        .arg(position + 1)
        .arg(allowed);
}

template <typename Predicate>
qsizetype firstOther(QStringView text, Predicate isAllowed)
{
    const auto found = std::find_if_not(text.begin(), text.end(), isAllowed);
    return found == text.end() ? -1 : found - text.begin();
}

QString nameFault(const QString &subject, const QString &name, qsizetype maximum)
{
    if (name.isEmpty())
        return QStringLiteral("%1 is required.").arg(subject);
    if (const qsizetype bad = firstOther(name, isNameCharacter); bad >= 0)
        return badCharacterFault(subject, name, bad,
                                 QStringLiteral("letters, digits, `-` and `_`"));
    if (name.size() > maximum)
        return QStringLiteral("%1 must have at most %2 characters (%3).")
            .arg(subject)
            .arg(maximum)
            .arg(name.size());
    return {};
}

// A Kubernetes name: lower-case letters, digits and joints, an alphanumeric at both ends.
QString kubernetesNameFault(const QString &subject, QStringView name, qsizetype maximum,
                            bool mayHavePoints)
{
    const auto isEnd = [](QChar c) { return (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9'); };
    if (name.isEmpty())
        return QStringLiteral("%1 is required.").arg(subject);
    if (name.size() > maximum)
        return QStringLiteral("%1 must have at most %2 characters (%3).")
            .arg(subject)
            .arg(maximum)
            .arg(name.size());
    const bool isSound = isEnd(name.front()) && isEnd(name.back())
        && firstOther(
               name, [&](QChar c) { return isEnd(c) || c == u'-' || (mayHavePoints && c == u'.'); })
            < 0;
    if (isSound)
        return {};
    return QStringLiteral("%1 is %2; allowed are lower-case letters, digits and %3, with a letter "
                          "or digit at both ends.")
        .arg(subject, shown(name),
             mayHavePoints ? QStringLiteral("`-` and `.`") : QStringLiteral("`-`"));
}

// A path component of a repository: runs of a-z0-9 joined by one `.`, one or two `_`, or any `-`.
bool isRepositoryComponent(QStringView part)
{
    const auto isRun = [](QChar c) { return (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9'); };
    qsizetype i = 0;
    while (i < part.size()) {
        if (!isRun(part[i]))
            return false;
        while (i < part.size() && isRun(part[i]))
            ++i;
        if (i == part.size())
            return true;
        const qsizetype start = i;
        while (i < part.size() && !isRun(part[i]))
            ++i;
        const QStringView joint = part.mid(start, i - start);
        const bool isDashes = std::ranges::all_of(joint, [](QChar c) { return c == u'-'; });
        if (!isDashes && joint != u"." && joint != u"_" && joint != u"__")
            return false;
    }
    return false; // empty, or ends with a joint
}

QString tagFault(QStringView tag)
{
    constexpr qsizetype longestTag = 128; // Docker's reference grammar
    if (tag.isEmpty())
        return QStringLiteral("The image ends with `:`; a tag must follow it.");
    if (tag.size() > longestTag)
        return QStringLiteral("The image's tag must have at most %1 characters (%2).")
            .arg(longestTag)
            .arg(tag.size());
    if (tag.front() == u'-' || tag.front() == u'.')
        return QStringLiteral("The image's tag %1 must start with a letter, a digit or `_`.")
            .arg(shown(tag));
    return {};
}

QString digestFault(QStringView digest)
{
    constexpr qsizetype sha256Digits = 64;
    const auto isHex = [](QChar c) {
        return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f') || (c >= u'A' && c <= u'F');
    };
    const qsizetype colon = digest.indexOf(u':');
    const QStringView hex = digest.mid(colon + 1);
    const bool isSha256 = digest.startsWith(u"sha256:");
    if (colon <= 0 || hex.size() < 32 || firstOther(hex, isHex) >= 0
        || (isSha256 && hex.size() != sha256Digits))
        return QStringLiteral("The image's digest %1 must be `sha256:` and 64 hexadecimal digits.")
            .arg(shown(digest));
    return {};
}

// A text of digits with at most one point; what AWS takes as a number in a resource requirement.
bool isDecimal(QStringView text)
{
    const qsizetype point = text.indexOf(u'.');
    const QStringView whole = point < 0 ? text : text.left(point);
    const QStringView fraction = point < 0 ? QStringView() : text.mid(point + 1);
    const auto isDigit = [](QChar c) { return c >= u'0' && c <= u'9'; };
    return !whole.isEmpty() && (point < 0 || !fraction.isEmpty())
        && std::ranges::all_of(whole, isDigit) && std::ranges::all_of(fraction, isDigit);
}

bool isWholeNumber(QStringView text)
{
    const auto isDigit = [](QChar c) { return c >= u'0' && c <= u'9'; };
    constexpr qsizetype safeDigits = 9; // always fits an int
    return !text.isEmpty() && text.size() <= safeDigits && std::ranges::all_of(text, isDigit);
}

QString registryFault(QStringView registry)
{
    const qsizetype colon = registry.indexOf(u':');
    const QStringView host = colon < 0 ? registry : registry.left(colon);
    const QStringView port = colon < 0 ? QStringView(u"443") : registry.mid(colon + 1);
    const bool soundPort = isWholeNumber(port) && port.toInt() <= limits::portMaximum;
    const bool soundHost = !host.isEmpty()
        && firstOther(host, [](QChar c) { return isLetterOrDigit(c) || c == u'-' || c == u'.'; })
            < 0
        && !host.startsWith(u'.') && !host.endsWith(u'.') && !host.contains(u"..");
    if (!soundHost || !soundPort)
        return QStringLiteral(
                   "The image's registry %1 must be a host name, with a port if need be.")
            .arg(shown(registry));
    return {};
}

QString repositoryFault(QStringView repository)
{
    if (repository.contains(u':'))
        return QStringLiteral("The image has more than one tag; allowed is "
                              "registry/repository:tag.");
    const auto isUpper = [](QChar c) { return c >= u'A' && c <= u'Z'; };
    if (std::ranges::any_of(repository, isUpper))
        return QStringLiteral("The image's repository must be lower case: %1.")
            .arg(shown(repository.toString().toLower()));
    for (const QStringView part : repository.split(u'/')) {
        if (!isRepositoryComponent(part))
            return QStringLiteral("The image's repository %1 is not valid; allowed are parts of "
                                  "lower-case letters and digits, joined by `.`, `_` or `-`, with "
                                  "`/` between them.")
                .arg(shown(repository));
    }
    return {};
}

} // namespace

QString resourceNameFault(const QString &subject, const QString &name)
{
    return nameFault(subject, name, limits::nameLength);
}

QString jobNameFault(const QString &name)
{
    const QString subject = QStringLiteral("Job name");
    const QString fault = nameFault(subject, name, limits::nameLength);
    if (fault.isEmpty() && !isLetterOrDigit(name.front()))
        return QStringLiteral("Job name must start with a letter or digit, not with %1.")
            .arg(shown(name.left(1)));
    return fault;
}

QString partNameFault(const QString &subject, const QString &name)
{
    return nameFault(subject, name, limits::containerNameLength);
}

QString imageFault(const QString &image)
{
    if (image.isEmpty())
        return QStringLiteral("Image is required.");
    if (image.size() > limits::imageLength)
        return QStringLiteral("Image must have at most %1 characters (%2).")
            .arg(limits::imageLength)
            .arg(image.size());
    const qsizetype bad = firstOther(image, [](QChar c) {
        return isNameCharacter(c) || c == u'.' || c == u'/' || c == u':' || c == u'@'
            || c == u'+'; // digest algorithms
    });
    if (bad >= 0)
        return badCharacterFault(QStringLiteral("Image"), image, bad,
                                 QStringLiteral("letters, digits and `-_./:@`"));
    QStringView rest = image;
    if (const qsizetype at = rest.indexOf(u'@'); at >= 0) {
        if (const QString fault = digestFault(rest.mid(at + 1)); !fault.isEmpty())
            return fault;
        rest = rest.left(at);
    }
    const qsizetype colon = rest.lastIndexOf(u':');
    if (colon > rest.lastIndexOf(u'/')) {
        if (const QString fault = tagFault(rest.mid(colon + 1)); !fault.isEmpty())
            return fault;
        rest = rest.left(colon);
    }
    // The first part is a registry under the same rule as in Docker.
    if (const qsizetype slash = rest.indexOf(u'/'); slash >= 0) {
        const QStringView first = rest.left(slash);
        if (first.contains(u'.') || first.contains(u':') || first == u"localhost") {
            if (const QString fault = registryFault(first); !fault.isEmpty())
                return fault;
            rest = rest.mid(slash + 1);
        }
    }
    return repositoryFault(rest);
}

QString environmentNameFault(const QString &name)
{
    const QString subject = QStringLiteral("Environment variable name");
    if (name.isEmpty())
        return QStringLiteral("%1 is required.").arg(subject);
    const qsizetype bad = firstOther(
        name, [](QChar c) { return c.unicode() > u' ' && c.unicode() < 0x7F && c != u'='; });
    if (bad >= 0)
        return badCharacterFault(subject, name, bad,
                                 QStringLiteral("printable ASCII characters other than `=` and "
                                                "space"));
    if (name.startsWith(u"AWS_BATCH"))
        return QStringLiteral("%1 is reserved: names that start with `AWS_BATCH` are set by AWS "
                              "Batch.")
            .arg(shown(name));
    return {};
}

QString vcpuFault(const QString &value)
{
    if (!isDecimal(value) || value.toDouble() <= 0 || value.toDouble() > limits::vcpuMaximum)
        return QStringLiteral("VCPU is %1; it must be a decimal number above 0 and at most %2, for "
                              "example `1` or `0.5`.")
            .arg(shown(value))
            .arg(limits::vcpuMaximum);
    return {};
}

QString memoryFault(const QString &value)
{
    if (!isWholeNumber(value))
        return QStringLiteral("MEMORY is %1; it must be a whole number of MiB.").arg(shown(value));
    if (value.toInt() < limits::memoryMinimum)
        return QStringLiteral("MEMORY is %1 MiB; it must be at least %2 MiB for AWS Batch; Docker "
                              "needs %3 MiB.")
            .arg(value)
            .arg(limits::memoryMinimum)
            .arg(limits::dockerMemoryMinimum);
    return {};
}

QString gpuFault(const QString &value)
{
    if (!isWholeNumber(value) || value.toInt() < 1)
        return QStringLiteral("GPU is %1; it must be a whole number of 1 or more.")
            .arg(shown(value));
    return {};
}

QString absolutePathFault(const QString &subject, const QString &path)
{
    if (!path.startsWith(u'/'))
        return QStringLiteral("%1 %2 must be an absolute path, starting with `/`.")
            .arg(subject, shown(path));
    if (path.split(u'/').contains(QLatin1StringView("..")))
        return QStringLiteral("%1 %2 must not have `..` in it.").arg(subject, shown(path));
    return {};
}

QString dnsLabelFault(const QString &subject, const QString &name)
{
    return kubernetesNameFault(subject, name, limits::dnsLabelLength, false);
}

QString dnsSubdomainFault(const QString &subject, const QString &name)
{
    return kubernetesNameFault(subject, name, limits::dnsSubdomainLength, true);
}

QString namespaceFault(const QString &name)
{
    if (name == u"default" || name.startsWith(u"kube"))
        return QStringLiteral("The namespace is %1; it must not be `default` and must not start "
                              "with `kube`.")
            .arg(shown(name));
    return dnsLabelFault(QStringLiteral("The namespace"), name);
}

QString metadataKeyFault(const QString &key)
{
    const qsizetype slash = key.indexOf(u'/');
    const QStringView name = QStringView(key).mid(slash + 1);
    if (slash >= 0) {
        const QString fault
            = dnsSubdomainFault(QStringLiteral("The key's prefix"), key.left(slash));
        if (!fault.isEmpty())
            return fault;
    }
    const bool isSound = !name.isEmpty() && name.size() <= limits::dnsLabelLength
        && isLetterOrDigit(name.front()) && isLetterOrDigit(name.back())
        && firstOther(name, [](QChar c) { return isNameCharacter(c) || c == u'.'; }) < 0;
    if (isSound)
        return {};
    return QStringLiteral("The key %1 must have from 1 to %2 letters, digits, `-`, `_` and `.`, "
                          "with a letter or digit at both ends, after a prefix with `/` if need "
                          "be.")
        .arg(shown(key))
        .arg(limits::dnsLabelLength);
}

QString quantityFault(const QString &subject, const QString &text)
{
    if (quantity(text))
        return {};
    return QStringLiteral("%1 is %2; it must be a number with a suffix if need be, for example "
                          "`64Mi` or `1Gi`.")
        .arg(subject, shown(text));
}

QString shareIdentifierFault(const QString &identifier, bool isPattern)
{
    QStringView text = identifier;
    if (isPattern && text.endsWith(u'*'))
        text.chop(1);
    const bool isSound = firstOther(text, isLetterOrDigit) < 0
        && identifier.size() <= limits::shareIdentifierLength
        && !(isPattern && identifier.isEmpty());
    if (isSound)
        return {};
    return QStringLiteral("shareIdentifier is %1; allowed are at most %2 letters and digits%3.")
        .arg(shown(identifier))
        .arg(limits::shareIdentifierLength)
        .arg(isPattern ? QStringLiteral(", with one `*` at the end if need be") : QString());
}

QString rangeFault(const QString &subject, int value, int minimum)
{
    if (value >= minimum)
        return {};
    return QStringLiteral("%1 is %2; it must be %3 or more.").arg(subject).arg(value).arg(minimum);
}

QString rangeFault(const QString &subject, int value, int minimum, int maximum)
{
    if (value >= minimum && value <= maximum)
        return {};
    return QStringLiteral("%1 is %2; it must be from %3 to %4.")
        .arg(subject)
        .arg(value)
        .arg(minimum)
        .arg(maximum);
}

} // namespace batchyard::batch
