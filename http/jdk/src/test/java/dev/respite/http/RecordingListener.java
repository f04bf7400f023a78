package dev.respite.http;

import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.RetryListener;
import dev.respite.outcome.History;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.net.http.HttpClient;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** A listener that remembers, and the clients that it listens to. */
final class RecordingListener implements RetryListener {

    /** Retries at once and often enough, with no budget to mind. */
    static final String QUICK = "base-delay=1ms max-delay=2ms budget=off total-timeout=20s ";

    private final List<RetryEvent> events = new CopyOnWriteArrayList<>();

    /** A client under the quick policy, with the given keys added. */
    RetryingHttpClient client(String policy) {
        return client(plain(), policy);
    }

    RetryingHttpClient client(HttpClient plain, String policy) {
        return client(plain, policy, TimeSource.system());
    }

    RetryingHttpClient client(HttpClient plain, String policy, TimeSource time) {
        return RetryingHttpClient.of(plain, retry(policy, time));
    }

    /** A retry under the quick policy, with the given keys added or replaced. */
    Retry retry(String policy, TimeSource time) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String setting : (QUICK + policy).trim().split(" ", -1)) {
            int equals = setting.indexOf('=');
            settings.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
        return Retry.withoutWarnings(RetryPolicy.of(settings), time).withListener(this);
    }

    /** The JDK's client, which would try to upgrade to HTTP/2 unless its version is set. */
    static HttpClient plain() {
        return builder().build();
    }

    static HttpClient.Builder builder() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
    }

    @Override
    public void on(RetryEvent event) {
        events.add(event);
    }

    /** The failed attempts, retried or not. */
    List<RetryEvent.AttemptFailed> failures() {
        return all(RetryEvent.AttemptFailed.class).toList();
    }

    /** The bugs that the engine reported. */
    List<RetryEvent.CallbackFailed> bugs() {
        return all(RetryEvent.CallbackFailed.class).toList();
    }

    /** The end of the only call. */
    RetryEvent.CallEnded end() {
        List<RetryEvent.CallEnded> ends = all(RetryEvent.CallEnded.class).toList();
        if (ends.size() != 1) {
            throw new AssertionError("expected one call that has ended, found " + ends);
        }
        return ends.get(0);
    }

    StopReason reason() {
        return end().reason();
    }

    int attempts() {
        return end().history().attempts();
    }

    /** The outcome of each attempt in the history. */
    List<String> outcomes() {
        return end().history().first().stream().map(History.Entry::outcome).toList();
    }

    private <E extends RetryEvent> Stream<E> all(Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast);
    }
}
