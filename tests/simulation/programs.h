// The four programs of the sample simulation as plain processes on this machine, each model on a
// loopback port of its own.
#pragma once

#include <QByteArray>
#include <QProcess>
#include <QString>
#include <QTemporaryDir>

#include <memory>

namespace simulation {

using Variables = QList<std::pair<QString, QString>>;

[[nodiscard]] int freePort();

class Program
{
public:
    // name: "model" or "agent", language: "cpp" or "python".
    Program(const QString &name, const QString &language, const Variables &variables);
    ~Program(); // kills it when it still runs

    [[nodiscard]] bool waitForEnd(int milliseconds = 30000);
    [[nodiscard]] int exitStatus() const; // 128 + signal for a killed one
    void terminate(); // SIGTERM
    [[nodiscard]] QByteArray output() const; // all of stdout so far
    [[nodiscard]] QByteArray errors() const;
    [[nodiscard]] bool waitForOutput(QByteArrayView text, int milliseconds = 30000);

private:
    [[nodiscard]] QByteArray read(const QString &file) const;

    QTemporaryDir m_folder; // files take what is printed: a full pipe would stop the program
    QProcess m_process;
};

// A model that has begun to serve.
class Model : public Program
{
public:
    explicit Model(const QString &language, const Variables &variables = {});

    [[nodiscard]] bool waitUntilReady(int milliseconds = 60000);
    [[nodiscard]] int port() const { return m_port; }
    [[nodiscard]] QString url() const { return QStringLiteral("http://127.0.0.1:%1").arg(m_port); }

private:
    Model(const QString &language, const Variables &variables, int port);

    int m_port;
};

// Sends the bytes to the port and returns all that comes back until the other side closes or
// stays silent for the time.
[[nodiscard]] QByteArray exchange(int port, const QByteArray &bytes, int silence = 500);

} // namespace simulation
