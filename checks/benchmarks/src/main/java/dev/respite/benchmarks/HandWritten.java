package dev.respite.benchmarks;

import java.io.IOException;
import java.util.concurrent.Callable;

/** The loop that one would write without a library: the floor. */
final class HandWritten {

    private HandWritten() {}

    static <T> T call(Callable<T> operation) throws Exception {
        for (int attempt = 1; ; attempt++) {
            try {
                return operation.call();
            } catch (IOException error) {
                if (attempt == 3) {
                    throw error;
                }
            }
        }
    }
}
