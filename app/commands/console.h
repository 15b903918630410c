// console and screenshot: the commands that open the window.
#pragma once

#include "app/commandline.h"
#include "backend/batch/batchservice.h"
#include "backend/paths.h"

namespace batchyard::app {

// Shows the window until it is closed. Needs a QApplication.
int openConsole(const ConsoleOptions &options, batch::BatchService &service, const Paths &paths);
// Writes a picture of a page as it stands once what it shows has arrived. Needs a QApplication.
int takeScreenshot(const ScreenshotOptions &options, batch::BatchService &service,
                   const Paths &paths);

} // namespace batchyard::app
