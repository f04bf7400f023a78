package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.call.RetryHandle;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A client whose policy is replaced while it is used. */
@ParameterizedClass
@EnumSource(Sender.class)
class ClientHandleTest {

    private static final String QUICK = "base-delay=1ms max-delay=1ms total-timeout=20s budget=off ";

    private final Sender sender;
    private final FaultyServer server = FaultyServer.start().otherwise(Reply.of(503));
    private final List<RetryEvent> events = new CopyOnWriteArrayList<>();
    private final Retry retry = Retry.withoutWarnings(RetryPolicy.parse(QUICK + "max-attempts=3"), TimeSource.system());
    private final RetryHandle handle = RetryHandle.of(retry);
    private final RetryingHttpClient client = RetryingHttpClient.of(RecordingListener.plain(), handle);

    ClientHandleTest(Sender sender) {
        this.sender = sender;
    }

    @AfterEach
    void close() {
        server.close();
    }

    private int requestsOf(HttpClient sending) throws Exception {
        int before = server.requests().size();
        HttpRequest get = HttpRequest.newBuilder(server.uri()).build();
        assertThat(sender.by(sending).send(get, BodyHandlers.discarding()).statusCode())
                .isEqualTo(503);
        return server.requests().size() - before;
    }

    @Test
    void send_afterThePolicyWasReplaced_hasTheNewOne() throws Exception {
        assertThat(requestsOf(client)).isEqualTo(3);
        handle.changeSettings(Map.of("max-attempts", "2", "base-delay", "1ms"));
        assertThat(requestsOf(client)).isEqualTo(2);
        handle.replacePolicy(RetryPolicy.parse(QUICK + "stop-on=503"));
        assertThat(requestsOf(client)).isEqualTo(1);
    }

    @Test
    void send_ofAClientMadeOfIt_hasTheNewPolicyAndItsOwnListener() throws Exception {
        RetryingHttpClient listening = client.withListener(events::add).withoutAttemptHeader();
        handle.replacePolicy(RetryPolicy.parse(QUICK + "max-attempts=2"));
        assertThat(requestsOf(listening)).isEqualTo(2);
        assertThat(events).isNotEmpty();
        assertThat(server.requests().get(1).values("Respite-Attempt")).isEmpty();
    }

    @Test
    void send_underAPolicyOfItsOwn_keepsThat() throws Exception {
        RetryingHttpClient fixed = client.withPolicy(RetryPolicy.parse(QUICK + "max-attempts=2"));
        handle.replacePolicy(RetryPolicy.parse(QUICK + "max-attempts=1"));
        assertThat(requestsOf(fixed)).isEqualTo(2);
    }

    /** A budget that is replaced in an outage would grant its retries twice. */
    @Test
    void send_afterThePolicyWasReplaced_sharesTheBudget() throws Exception {
        RetryHandle small = RetryHandle.of(Retry.withoutWarnings(
                RetryPolicy.parse("base-delay=1ms max-attempts=3 budget=success:0.1/10/10"), TimeSource.system()));
        RetryingHttpClient sharing = RetryingHttpClient.of(RecordingListener.plain(), small);
        assertThat(requestsOf(sharing)).isEqualTo(2);
        small.replacePolicy(RetryPolicy.parse("base-delay=1ms max-attempts=4 budget=success:0.1/10/10"));
        assertThat(requestsOf(sharing)).isEqualTo(1);
    }

    @Test
    void send_underAClassifierInCode_isRejected() {
        handle.replacePolicy(RetryPolicy.parse(QUICK).toBuilder()
                .retryOnResult(String.class, String::isEmpty)
                .build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> requestsOf(client))
                .withMessageContaining("written in code");
        assertThat(server.requests()).isEmpty();
    }
}
