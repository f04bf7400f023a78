package dev.respite.http;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;

/**
 * The methods that {@link HttpClient} has had since JDK 21. We compile for 17, so they are found by name when they are
 * there; on an older JDK there is nothing to forward to, and nothing that anyone could have closed.
 */
final class Lifecycle {

    private static final Optional<MethodHandle> SHUTDOWN = find("shutdown", void.class);
    private static final Optional<MethodHandle> SHUTDOWN_NOW = find("shutdownNow", void.class);
    private static final Optional<MethodHandle> CLOSE = find("close", void.class);
    private static final Optional<MethodHandle> IS_TERMINATED = find("isTerminated", boolean.class);
    private static final Optional<MethodHandle> AWAIT_TERMINATION =
            find("awaitTermination", boolean.class, Duration.class);

    private Lifecycle() {}

    static void shutdown(HttpClient client) {
        invoke(SHUTDOWN, "shutdown", client);
    }

    static void shutdownNow(HttpClient client) {
        invoke(SHUTDOWN_NOW, "shutdownNow", client);
    }

    static void close(HttpClient client) {
        invoke(CLOSE, "close", client);
    }

    static boolean isTerminated(HttpClient client) {
        return (boolean) invoke(IS_TERMINATED, "isTerminated", client);
    }

    static boolean awaitTermination(HttpClient client, Duration timeout) throws InterruptedException {
        try {
            return (boolean) present(AWAIT_TERMINATION, "awaitTermination").invoke(client, timeout);
        } catch (InterruptedException | RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable impossible) {
            throw new AssertionError("awaitTermination declares no such exception", impossible);
        }
    }

    private static Object invoke(Optional<MethodHandle> method, String name, HttpClient client) {
        try {
            return present(method, name).invoke(client);
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable impossible) {
            throw new AssertionError(name + " declares no checked exception", impossible);
        }
    }

    private static MethodHandle present(Optional<MethodHandle> method, String name) {
        return method.orElseThrow(
                () -> new UnsupportedOperationException("HttpClient." + name + " is there from JDK 21 on"));
    }

    private static Optional<MethodHandle> find(String name, Class<?> result, Class<?>... parameters) {
        try {
            MethodType type = MethodType.methodType(result, parameters);
            return Optional.of(MethodHandles.publicLookup().findVirtual(HttpClient.class, name, type));
        } catch (NoSuchMethodException olderJdk) {
            return Optional.empty();
        } catch (IllegalAccessException impossible) {
            throw new AssertionError("HttpClient is public", impossible);
        }
    }
}
