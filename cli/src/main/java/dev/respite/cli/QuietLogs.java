package dev.respite.cli;

import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Keeps the logs of drivers and clients off the terminal: they quote URLs, with the passwords in them. */
final class QuietLogs {

    private QuietLogs() {}

    /** From now on only warnings of Respite are printed, without the passwords that are known. */
    static void letOnlyOursThrough(StoreUrl place) {
        for (Handler handler : Logger.getLogger("").getHandlers()) {
            handler.setFilter(logged -> isOurs(logged, place));
        }
    }

    private static boolean isOurs(LogRecord logged, StoreUrl place) {
        if (!String.valueOf(logged.getLoggerName()).startsWith("dev.respite")) {
            return false;
        }
        logged.setMessage(place.hiddenIn(String.valueOf(logged.getMessage())));
        return true;
    }
}
