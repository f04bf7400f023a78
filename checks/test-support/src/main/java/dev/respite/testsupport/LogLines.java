package dev.respite.testsupport;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** The messages of a logger while this is open. Safe for use by any number of threads. */
public final class LogLines extends Handler implements AutoCloseable {

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final List<String> stacks = new CopyOnWriteArrayList<>();
    private final Logger logger;

    private LogLines(Logger logger) {
        this.logger = logger;
    }

    /** Begins to collect the messages of a logger and of those below it. */
    public static LogLines of(String name) {
        LogLines lines = new LogLines(Logger.getLogger(name));
        lines.logger.addHandler(lines);
        return lines;
    }

    /** Returns the messages until now, in their order. */
    public List<String> all() {
        return lines;
    }

    /** Returns the logged throwables until now as they are printed, with their frames and causes. */
    public List<String> stacks() {
        return stacks;
    }

    @Override
    public void publish(LogRecord line) {
        lines.add(line.getMessage());
        if (line.getThrown() != null) {
            StringWriter text = new StringWriter();
            line.getThrown().printStackTrace(new PrintWriter(text));
            stacks.add(text.toString());
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
