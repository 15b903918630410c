#include "programs.h"

#include <QFile>
#include <QTest>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

namespace simulation {

namespace {

sockaddr_in loopback(int port)
{
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<quint16>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

} // namespace

int freePort()
{
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    auto *generic = reinterpret_cast<sockaddr *>(&address);
    const bool isBound
        = ::bind(socket, generic, length) == 0 && ::getsockname(socket, generic, &length) == 0;
    ::close(socket);
    return isBound ? ntohs(address.sin_port) : 0;
}

Program::Program(const QString &name, const QString &language, const Variables &variables)
{
    const QString folder = QStringLiteral(SIMULATION_DIR "/maze-%1-%2/").arg(name, language);
    QProcessEnvironment environment; // nothing of the environment of the test
    environment.insert(QStringLiteral("PYTHONUNBUFFERED"), QStringLiteral("1"));
    environment.insert(QStringLiteral("PYTHONDONTWRITEBYTECODE"), QStringLiteral("1"));
    environment.insert(QStringLiteral("PATH"), QStringLiteral("/usr/bin:/bin"));
    for (const auto &[variable, value] : variables)
        environment.insert(variable, value);
    m_process.setProcessEnvironment(environment);
    m_process.setStandardOutputFile(m_folder.path() + QStringLiteral("/out"));
    m_process.setStandardErrorFile(m_folder.path() + QStringLiteral("/err"));
    if (language == u"cpp") {
        m_process.start(folder + QStringLiteral("maze-") + name, QStringList());
    } else {
        const QString script
            = name == u"model" ? QStringLiteral("app.py") : QStringLiteral("agent.py");
        m_process.start(QStringLiteral("/usr/bin/python3"), {folder + script});
    }
    m_process.waitForStarted();
}

Program::~Program()
{
    if (m_process.state() != QProcess::NotRunning) {
        m_process.kill();
        m_process.waitForFinished();
    }
}

bool Program::waitForEnd(int milliseconds)
{
    return m_process.state() == QProcess::NotRunning || m_process.waitForFinished(milliseconds);
}

int Program::exitStatus() const
{
    return m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode()
                                                          : 128 + m_process.exitCode();
}

void Program::terminate()
{
    m_process.terminate();
}

QByteArray Program::output() const
{
    return read(QStringLiteral("/out"));
}

QByteArray Program::errors() const
{
    return read(QStringLiteral("/err"));
}

QByteArray Program::read(const QString &file) const
{
    QFile source(m_folder.path() + file);
    return source.open(QIODevice::ReadOnly) ? source.readAll() : QByteArray();
}

bool Program::waitForOutput(QByteArrayView text, int milliseconds)
{
    return QTest::qWaitFor([this, text] { return output().contains(text); }, milliseconds);
}

Model::Model(const QString &language, const Variables &variables)
    : Model(language, variables, freePort())
{
}

Model::Model(const QString &language, const Variables &variables, int port)
    : Program(QStringLiteral("model"), language,
              variables + Variables{{QStringLiteral("MAZE_PORT"), QString::number(port)}})
    , m_port(port)
{
}

bool Model::waitUntilReady(int milliseconds)
{
    return waitForOutput(" * Serving ", milliseconds);
}

QByteArray exchange(int port, const QByteArray &bytes, int silence)
{
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(port);
    const timeval limit{silence / 1000, silence % 1000 * 1000};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    QByteArray answer;
    if (::connect(socket, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0) {
        for (qsizetype sent = 0; sent < bytes.size();) {
            const ssize_t count = ::send(socket, bytes.data() + sent,
                                         static_cast<size_t>(bytes.size() - sent), MSG_NOSIGNAL);
            if (count <= 0)
                break;
            sent += count;
        }
        char buffer[65536];
        for (ssize_t count = 0; (count = ::recv(socket, buffer, sizeof buffer, 0)) > 0;)
            answer.append(buffer, count);
    }
    ::close(socket);
    return answer;
}

} // namespace simulation
