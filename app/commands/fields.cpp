#include "app/commands/fields.h"

#include "app/terminal.h"
#include "backend/batch/fidelity.h"

namespace batchyard::app {

using namespace Qt::Literals::StringLiterals;

int printFields(const FieldsOptions &options)
{
    const QString text = batch::fidelityText(options.request, options.part);
    if (text.isEmpty())
        return fail(
            {ErrorCode::NotFound,
             u"No field of AWS's documents has \"%1\" in its path."_s.arg(options.part.left(80)),
             {}});
    print(text.trimmed().toUtf8());
    return 0;
}

} // namespace batchyard::app
