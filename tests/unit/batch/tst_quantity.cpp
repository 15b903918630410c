#include "backend/batch/quantity.h"

#include <QTest>

using namespace batchyard::batch;

class TestQuantity : public QObject
{
    Q_OBJECT

private slots:
    void values_data();
    void values();
};

void TestQuantity::values_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("isQuantity");
    QTest::addColumn<double>("value");
    const auto row = [](const char *text, double value) {
        QTest::newRow(text) << QString::fromUtf8(text) << true << value;
    };
    const auto none = [](const char *name, const QString &text) {
        QTest::newRow(name) << text << false << 0.0;
    };
    row("0", 0);
    row("1", 1);
    row("0.25", 0.25);
    row(".5", 0.5);
    row("2.", 2);
    row("500m", 0.5);
    row("250000u", 0.25);
    row("1k", 1000);
    row("1Ki", 1024);
    row("64Mi", 67108864);
    row("1Gi", 1073741824);
    row("1.5Gi", 1610612736);
    row("2Ti", 2199023255552);
    row("1M", 1e6);
    row("1G", 1e9);
    row("1E", 1e18);
    row("1e3", 1000);
    row("1E3", 1000);
    row("12e-1", 1.2);
    none("empty", QString());
    none("letters", QStringLiteral("big"));
    none("negative", QStringLiteral("-1"));
    none("plus", QStringLiteral("+1"));
    none("suffix only", QStringLiteral("Mi"));
    none("blank inside", QStringLiteral("64 Mi"));
    none("blank before", QStringLiteral(" 64Mi"));
    none("wrong case", QStringLiteral("64mi"));
    none("two points", QStringLiteral("1.2.3"));
    none("byte suffix", QStringLiteral("64MB"));
    none("hexadecimal", QStringLiteral("0x10"));
    none("infinity", QStringLiteral("inf"));
    none("huge exponent", QStringLiteral("1e999"));
    none("exponent without digits", QStringLiteral("1e"));
    none("other digits", QString(QChar(0x661)));
    none("very long", QString(50, u'9'));
}

void TestQuantity::values()
{
    QFETCH(QString, text);
    QFETCH(bool, isQuantity);
    const std::optional<double> value = quantity(text);
    QCOMPARE(value.has_value(), isQuantity);
    QTEST(value.value_or(0), "value");
}

QTEST_GUILESS_MAIN(TestQuantity)
#include "tst_quantity.moc"
