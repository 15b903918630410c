#include "app/commandline.h"

#include "backend/batch/fidelity.h"
#include "backend/batch/permission.h"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

namespace batchyard::app {

namespace {

QStringList toStringList(const std::vector<std::string> &values)
{
    QStringList list;
    for (const std::string &value : values)
        list.append(QString::fromStdString(value));
    return list;
}

std::vector<std::string> toStrings(const QStringList &list)
{
    std::vector<std::string> strings;
    for (const QString &text : list)
        strings.push_back(text.toStdString());
    return strings;
}

// Each declare… function adds one subcommand; `chosen` is set when the parse selects it. The values
// that CLI11 writes to live in the callback.
class Declarations
{
public:
    explicit Declarations(CLI::App &app)
        : m_app(app)
    {
    }

    std::optional<Command> chosen;

    void declareRun()
    {
        struct Values {
            int width = 80, height = 20, delay = 0;
            std::optional<quint64> seed;
            std::string example = "maze", model = "cpp", agent = "cpp", picture;
            bool json = false;
        };
        auto v = std::make_shared<Values>();
        CLI::App *run = m_app.add_subcommand(
            "run", "Run a sample simulation here and now: print its logs, leave a picture of it");
        run->add_option("--example", v->example, "The sample to run")
            ->check(CLI::IsMember({"maze"}))
            ->capture_default_str();
        run->add_option("--width", v->width, "Cells from left to right")
            ->check(CLI::Range(2, 2001))
            ->capture_default_str();
        run->add_option("--height", v->height, "Cells from top to bottom")
            ->check(CLI::Range(2, 2001))
            ->capture_default_str();
        run->add_option("--seed", v->seed,
                        "The same seed makes the same maze (default: a new one)");
        run->add_option("--model", v->model, "Language of the model container")
            ->check(CLI::IsMember({"cpp", "python"}))
            ->capture_default_str();
        run->add_option("--agent", v->agent, "Language of the agent container")
            ->check(CLI::IsMember({"cpp", "python"}))
            ->capture_default_str();
        run->add_option("--step-delay", v->delay, "Milliseconds the agent rests after each step")
            ->check(CLI::Range(0, 10'000))
            ->capture_default_str();
        run->add_option("--picture", v->picture,
                        "File of the replay's picture, PNG (default: <job name>-<job id>.png)");
        run->add_flag("--json", v->json, "One JSON object a line: log lines, then the verdict");
        run->footer("The exit status is 0 when the job SUCCEEDED, else the exit code of the\n"
                    "container that decided it, or 1.\n\n"
                    "  batchyard run --width 40 --height 20 --seed 7\n"
                    "  batchyard run --model python --agent cpp --json");
        run->callback([this, v] {
            RunOptions options;
            options.maze = {v->width,
                            v->height,
                            v->seed,
                            v->delay,
                            QString::fromStdString(v->model),
                            QString::fromStdString(v->agent)};
            options.picture = QString::fromStdString(v->picture);
            options.json = v->json;
            chosen = options;
        });
    }

    void declareSubmit()
    {
        struct Values {
            std::string file, definition;
            std::vector<std::string> allowed;
            bool follow = false, json = false;
        };
        auto v = std::make_shared<Values>();
        CLI::App *submit = m_app.add_subcommand(
            "submit", "Submit a job from a file: a SubmitJob request, exactly AWS's JSON");
        submit->add_option("FILE", v->file, "The request; - reads standard input")->required();
        submit->add_option(
            "--register", v->definition,
            "A RegisterJobDefinition request to register first; the job then uses it");
        std::vector<std::string> names;
        for (const batch::Permission &each : batch::permissions)
            names.emplace_back(each.name.data());
        submit
            ->add_option("--allow", v->allowed,
                         "What the registered definition may have of this machine beyond the "
                         "executor's policy")
            ->delimiter(',')
            ->check(CLI::IsMember(names))
            ->needs("--register");
        submit->add_flag("-f,--follow", v->follow, "Print the logs until the job has ended");
        submit->add_flag("--json", v->json, "Print the reply as JSON");
        submit->footer("  batchyard submit job.json\n"
                       "  batchyard submit --register definition.json job.json --follow");
        submit->callback([this, v] {
            chosen = SubmitOptions{QString::fromStdString(v->file),
                                   QString::fromStdString(v->definition), toStringList(v->allowed),
                                   v->follow, v->json};
        });
    }

    void declareJobs()
    {
        struct Values {
            std::string queue;
            std::vector<std::string> states;
            bool json = false;
        };
        auto v = std::make_shared<Values>();
        CLI::App *jobs = m_app.add_subcommand("jobs", "List jobs of all states, newest first");
        jobs->add_option("--queue", v->queue, "Only those of this job queue");
        jobs->add_option("--status", v->states, "Only those of these states")
            ->check(CLI::IsMember({"SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING",
                                   "SUCCEEDED", "FAILED"}));
        jobs->add_flag("--json", v->json, "Print AWS's job summaries as JSON");
        jobs->callback([this, v] {
            chosen
                = JobsOptions{QString::fromStdString(v->queue), toStringList(v->states), v->json};
        });
    }

    void declareDescribe()
    {
        auto ids = std::make_shared<std::vector<std::string>>();
        CLI::App *describe
            = m_app.add_subcommand("describe", "Print all there is to know of jobs, as AWS's JSON");
        describe->add_option("JOB", *ids, "Job ids")->required();
        describe->callback([this, ids] { chosen = DescribeOptions{toStringList(*ids)}; });
    }

    void declareLogs()
    {
        struct Values {
            std::string job;
            std::vector<std::string> containers;
            bool follow = false, json = false;
        };
        auto v = std::make_shared<Values>();
        CLI::App *logs
            = m_app.add_subcommand("logs", "Print the logs of a job's containers, merged by time");
        logs->add_option("JOB", v->job, "Job id")->required();
        logs->add_option("--container", v->containers, "Only these containers");
        logs->add_flag("-f,--follow", v->follow, "Go on until the job has ended");
        logs->add_flag("--json", v->json, "One JSON object a line");
        logs->callback([this, v] {
            chosen = LogsOptions{QString::fromStdString(v->job), toStringList(v->containers),
                                 v->follow, v->json};
        });
    }

    void declareEnd(const char *name, const char *description, bool terminate)
    {
        struct Values {
            std::string job, reason;
        };
        auto v = std::make_shared<Values>();
        v->reason
            = terminate ? "Terminated from the command line" : "Cancelled from the command line";
        CLI::App *end = m_app.add_subcommand(name, description);
        end->add_option("JOB", v->job, "Job id")->required();
        end->add_option("--reason", v->reason, "Becomes the job's status reason")
            ->capture_default_str();
        end->callback([this, v, terminate] {
            chosen = EndOptions{QString::fromStdString(v->job), QString::fromStdString(v->reason),
                                terminate};
        });
    }

    void declareExecutor()
    {
        struct Values {
            int port = 0;
            long idle = 300;
            std::string engine;
            bool stop = false;
            bool recover = false;
        };
        auto v = std::make_shared<Values>();
        CLI::App *executor = m_app.add_subcommand(
            "executor", "Be AWS Batch on this machine; other commands start it when needed");
        executor->add_option("--port", v->port, "Loopback port (default: the last one, or any)")
            ->check(CLI::Range(1, 65535));
        executor->add_option(
            "--engine", v->engine,
            "Socket of the Docker engine (default: DOCKER_HOST, then the usual places)");
        executor
            ->add_option("--idle-timeout", v->idle,
                         "Seconds without jobs and clients after which it ends; 0: never")
            ->check(CLI::Range(0L, 31'536'000L))
            ->capture_default_str();
        executor->add_flag("--stop", v->stop, "End the one that runs; its jobs' containers go on");
        executor->add_flag("--recover", v->recover,
                           "Move a damaged state database aside and make it again from its last "
                           "backup, Docker's containers and the logs");
        executor->callback([this, v] {
            chosen = ExecutorOptions{v->port, QString::fromStdString(v->engine),
                                     std::chrono::seconds(v->idle), v->stop, v->recover};
        });
    }

    void declareConnection()
    {
        auto format = std::make_shared<ConnectionOptions>();
        CLI::App *connection = m_app.add_subcommand(
            "connection", "Print what an AWS SDK or the AWS CLI needs to use the local executor");
        auto *env = connection->add_flag_callback(
            "--env", [format] { format->format = ConnectionOptions::Format::Environment; },
            "As shell lines: export AWS_ENDPOINT_URL=… and the credentials");
        connection
            ->add_flag_callback(
                "--json", [format] { format->format = ConnectionOptions::Format::Json; },
                "As a JSON object with the same names")
            ->excludes(env);
        connection->footer("  eval \"$(batchyard connection --env)\"\n"
                           "  aws batch describe-job-queues");
        connection->callback([this, format] { chosen = *format; });
    }

    void declareFields()
    {
        struct Values {
            std::string request, part;
        };
        auto v = std::make_shared<Values>();
        CLI::App *fields = m_app.add_subcommand(
            "fields", "Tell what becomes of each field of AWS's documents on this machine");
        fields->add_option("TEXT", v->part, "Only fields with this in their path");
        fields->add_option("--request", v->request, "Only those of one request")
            ->check(CLI::IsMember(toStrings(batch::documentedRequests())));
        fields->footer("  batchyard fields ulimits\n"
                       "  batchyard fields --request SubmitJob");
        fields->callback([this, v] {
            chosen = FieldsOptions{QString::fromStdString(v->request),
                                   QString::fromStdString(v->part)};
        });
    }

    void declareSecrets()
    {
        CLI::App *secrets = m_app.add_subcommand(
            "secrets", "The values that documents' secrets refer to, kept on this machine");
        secrets->require_subcommand(1);
        secrets->footer("  batchyard secrets set /maze/token < token.txt\n"
                        "  batchyard secrets list\n\n"
                        "The name is what valueFrom says: an ARN, or a parameter's name.");
        const auto action = [&](const char *name, const char *help, SecretsOptions::Action what) {
            auto secret = std::make_shared<std::string>();
            CLI::App *command = secrets->add_subcommand(name, help);
            if (what != SecretsOptions::Action::List)
                command->add_option("NAME", *secret, "As valueFrom says it")->required();
            command->callback([this, what, secret] {
                chosen = SecretsOptions{what, QString::fromStdString(*secret)};
            });
        };
        action("list", "Print the names, never the values", SecretsOptions::Action::List);
        action("set", "Keep the value that standard input holds", SecretsOptions::Action::Set);
        action("remove", "Forget one", SecretsOptions::Action::Remove);
    }

    void declareScreenshot()
    {
        struct Values {
            std::string page = "home", theme = "light", size = "1280x800", file;
        };
        auto v = std::make_shared<Values>();
        CLI::App *shot = m_app.add_subcommand(
            "screenshot", "Write a picture of a page of the console, as it stands now");
        shot->add_option("--page", v->page,
                         "The page, or a wizard's step (wizard-job-definition-2)")
            ->capture_default_str();
        shot->add_option("--theme", v->theme)
            ->check(CLI::IsMember({"light", "dark"}))
            ->capture_default_str();
        shot->add_option("--size", v->size, "Width and height in pixels")
            ->check([](const std::string &text) -> std::string {
                int width = 0, height = 0;
                char rest = 0;
                const int read = std::sscanf(text.c_str(), "%dx%d%c", &width, &height, &rest);
                if (read == 2 && width >= 320 && width <= 7680 && height >= 240 && height <= 4320)
                    return {};
                return "--size: " + text + " is not WIDTHxHEIGHT from 320x240 to 7680x4320";
            })
            ->capture_default_str();
        shot->add_option("FILE", v->file, "The PNG file to write")->required();
        shot->callback([this, v] {
            ScreenshotOptions options;
            options.page = QString::fromStdString(v->page);
            options.theme = QString::fromStdString(v->theme);
            std::sscanf(v->size.c_str(), "%dx%d", &options.width, &options.height);
            options.file = QString::fromStdString(v->file);
            chosen = options;
        });
    }

    void declareConsole()
    {
        struct Values {
            std::string page;
            bool announce = false;
        };
        auto v = std::make_shared<Values>();
        CLI::App *console
            = m_app.add_subcommand("console", "Open the window (with a display: the default)");
        console->add_option("--page", v->page, "Open on this page");
        console->add_flag("--announce", v->announce,
                          "Print \"shown\" once the window is, for scripts that wait for it");
        console->callback([this, v] {
            chosen = ConsoleOptions{QString::fromStdString(v->page), v->announce};
        });
    }

private:
    CLI::App &m_app;
};

} // namespace

std::variant<Command, int> parseCommandLine(int argc, char **argv, bool hasDisplay)
{
    CLI::App app("Batchyard designs AWS Batch multi-container jobs and runs them on the Docker\n"
                 "engine of this machine. Without a command it opens its window; without a\n"
                 "display it runs the sample maze.",
                 "batchyard");
    app.set_version_flag("--version", std::string("batchyard ") + BATCHYARD_VERSION);
    app.require_subcommand(0, 1);
    app.footer("batchyard COMMAND --help tells more of each.");

    Declarations declarations(app);
    declarations.declareConsole();
    declarations.declareRun();
    declarations.declareSubmit();
    declarations.declareJobs();
    declarations.declareDescribe();
    declarations.declareLogs();
    declarations.declareEnd("cancel", "Cancel a job that has not started; one that has goes on",
                            false);
    declarations.declareEnd("terminate", "End a job, whatever its state", true);
    declarations.declareExecutor();
    declarations.declareConnection();
    declarations.declareFields();
    declarations.declareSecrets();
    declarations.declareScreenshot();

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError &error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    if (declarations.chosen)
        return *declarations.chosen;
    if (hasDisplay)
        return Command(ConsoleOptions{});
    return Command(RunOptions{});
}

} // namespace batchyard::app
