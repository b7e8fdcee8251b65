// Errors, warnings and how a program ends. Every verb of a compiled program reports through here, so that exit codes
// and the removal of unfinished files are decided in one place.
#ifndef BMC_ERRORS_H
#define BMC_ERRORS_H

namespace bmc {

/// The exit codes of the command-line contract.
enum ExitCode { exitDone = 0, exitBadInput = 1, exitBadCommandLine = 2, exitCannot = 3 };

/// Prints the message as one line on standard error, removes an unfinished output file and ends the program.
[[noreturn]] void fail(ExitCode code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/// Prints one line on standard error: `warning: ...`.
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/// Prints one line on standard error as it is: what was saved and where.
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/// The last system error as text, without a symbol of glibc or musl in the caller.
const char *systemError();

/// A closed pipe or a limit of the file size is an error of a write, not a signal; an instruction that this processor
/// lacks is exit code 3; an interrupted program leaves no unfinished file.
void installSignalHandlers();

/// From now on the first SIGINT or SIGTERM only makes `wasInterrupted` true; the second ends the program.
void deferInterrupt();
bool wasInterrupted();

/// The file that must not stay when the program ends early; null: none. The text must live until it is replaced.
void setUnfinishedFile(const char *path);

/// What is still done when the program ends, also where it fails.
void setAtEnd(void (*function)());
void runAtEnd();

/// Tells that the cursor stands behind an unfinished line on the terminal (a progress bar).
void setLineOpen(bool open);

/// Flushes standard output and fails when anything of it could not be written.
void finishStandardOutput();

} // namespace bmc

#endif
