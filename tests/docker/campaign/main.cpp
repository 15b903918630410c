// The kill campaign's command line; tests/run --campaign kill is the way in.
#include "tests/docker/campaign/campaign.h"

#include <QCommandLineParser>
#include <QCoreApplication>

using namespace batchyard::test;

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    const QCommandLineOption count(QStringLiteral("count"), QStringLiteral("Kills."),
                                   QStringLiteral("n"), QStringLiteral("50"));
    const QCommandLineOption seed(QStringLiteral("seed"),
                                  QStringLiteral("Repeats a campaign's work and moments."),
                                  QStringLiteral("n"));
    const QCommandLineOption program(
        QStringLiteral("program"), QStringLiteral("The batchyard to kill."), QStringLiteral("file"),
        qEnvironmentVariable("BATCHYARD_PROGRAM"));
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addOptions({count, seed, program});
    parser.process(application);

    CampaignOptions options;
    options.program = parser.value(program);
    options.kills = parser.value(count).toInt();
    options.seed
        = parser.isSet(seed) ? parser.value(seed).toUInt() : QRandomGenerator::global()->generate();
    if (options.program.isEmpty() || options.kills < 1)
        parser.showHelp(2);
    return Campaign(options).run() ? 0 : 1;
}
