package dev.respite.cli.records;

import dev.respite.cli.console.TextFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Hides the logs of drivers and clients, which contain URLs with passwords. */
final class QuietLogs {

    private QuietLogs() {}

    /** Prints only warnings of Respite from now on, each once, without the known passwords. */
    static void showOnlyRespite(StoreUrl place) {
        Set<String> printed = ConcurrentHashMap.newKeySet();
        for (Handler handler : Logger.getLogger("").getHandlers()) {
            handler.setFilter(logged -> isRespite(logged, place) && printed.add(logged.getMessage()));
        }
    }

    private static boolean isRespite(LogRecord logged, StoreUrl place) {
        if (!String.valueOf(logged.getLoggerName()).startsWith("dev.respite")) {
            return false;
        }
        logged.setMessage(TextFormat.printableLines(place.hiddenIn(String.valueOf(logged.getMessage()))));
        return true;
    }
}
