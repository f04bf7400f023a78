package dev.respite.http;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/**
 * Methods of the JDK's client that are younger than JDK 17, for which this module is compiled: found by name where they exist.
 * On an older JDK there is nothing to forward to.
 */
final class NewerJdk {

    private static final Optional<MethodHandle> SHUTDOWN = find(HttpClient.class, "shutdown", void.class);
    private static final Optional<MethodHandle> SHUTDOWN_NOW = find(HttpClient.class, "shutdownNow", void.class);
    private static final Optional<MethodHandle> CLOSE = find(HttpClient.class, "close", void.class);
    private static final Optional<MethodHandle> IS_TERMINATED = find(HttpClient.class, "isTerminated", boolean.class);
    private static final Optional<MethodHandle> AWAIT_TERMINATION =
            find(HttpClient.class, "awaitTermination", boolean.class, Duration.class);
    private static final Optional<MethodHandle> CONNECTION_LABEL =
            find(HttpResponse.class, "connectionLabel", Optional.class);

    private NewerJdk() {}

    @SuppressWarnings("unchecked") // the return type since JDK 25
    static Optional<String> connectionLabel(HttpResponse<?> response) {
        return CONNECTION_LABEL.isEmpty()
                ? Optional.empty()
                : (Optional<String>) invoke(CONNECTION_LABEL, "connectionLabel", response);
    }

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

    private static Object invoke(Optional<MethodHandle> method, String name, Object target) {
        try {
            return present(method, name).invoke(target);
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

    static Optional<MethodHandle> find(Class<?> owner, String name, Class<?> result, Class<?>... parameters) {
        try {
            MethodType type = MethodType.methodType(result, parameters);
            return Optional.of(MethodHandles.publicLookup().findVirtual(owner, name, type));
        } catch (NoSuchMethodException olderJdk) {
            return Optional.empty();
        } catch (IllegalAccessException impossible) {
            throw new AssertionError(owner + " is public", impossible);
        }
    }
}
