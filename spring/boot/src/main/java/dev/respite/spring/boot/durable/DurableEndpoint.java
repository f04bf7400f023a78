package dev.respite.spring.boot.durable;

import dev.respite.durable.DurableRetry;
import dev.respite.durable.PendingCall;
import dev.respite.durable.PendingCalls;
import dev.respite.durable.PendingCalls.Change;
import dev.respite.durable.StoreException;
import dev.respite.logging.FailureText;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * The durable calls that have not ended, for operators. {@code /actuator/respitedurable} counts and lists them. With the name of a
 * task and the id of a call it shows and changes one. It returns no data of calls.
 *
 * <p>Changes need {@code management.endpoint.respitedurable.access=unrestricted}. Servlet containers reject a name or an id with an
 * encoded slash in the path, unless they are configured to let it pass. Use {@code respite durable call} for such a call.
 */
@Endpoint(id = "respitedurable", defaultAccess = Access.READ_ONLY)
final class DurableEndpoint {

    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int FAILED = 500;
    private static final int UNAVAILABLE = 503;

    private final DurableStore store;
    private final PendingCalls calls;
    private final RunningRetry running;

    DurableEndpoint(DurableStore store, PendingCalls calls, RunningRetry running) {
        this.store = store;
        this.calls = calls;
        this.running = running;
    }

    /** Counts the calls of each task, and lists a page of calls. */
    @ReadOperation
    WebEndpointResponse<Map<String, @Nullable Object>> list(
            @Nullable String task,
            @Nullable String state,
            @Nullable String error,
            @Nullable String olderThan,
            @Nullable String limit,
            @Nullable String after) {
        return response(() -> {
            PendingCall.Filter filter = EndpointRequest.filter(task, state, error, olderThan, limit);
            Optional<List<String>> last = EndpointRequest.after(after);
            List<PendingCall> page = last.map(call -> calls.listAfter(filter, call.get(0), call.get(1)))
                    .orElseGet(() -> calls.list(filter));
            Map<String, Object> tasks = new TreeMap<>();
            store.queue().stats().tasks().forEach((name, of) -> tasks.put(name, DurableStore.counts(of)));
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("tasks", tasks);
            fields.put("calls", page.stream().map(DurableEndpoint::fields).toList());
            boolean isFull = page.size() == filter.limit();
            fields.put("next", isFull ? EndpointRequest.cursor(page.get(page.size() - 1)) : null);
            return new WebEndpointResponse<>(fields, OK);
        });
    }

    /** Shows one call. */
    @ReadOperation
    WebEndpointResponse<Map<String, @Nullable Object>> show(@Selector String task, @Selector String id) {
        return response(() -> calls.find(task, id)
                .map(call -> new WebEndpointResponse<>(fields(call), OK))
                .orElseGet(() -> message(NOT_FOUND, missing(task, id))));
    }

    /** Changes one call. */
    @WriteOperation
    WebEndpointResponse<Map<String, @Nullable Object>> change(
            @Selector String task, @Selector String id, @Nullable String action, @Nullable String at) {
        return response(() -> {
            Change change = EndpointRequest.change(action, at).apply(calls, task, id);
            if (change == Change.CHANGED) {
                running.wake();
            }
            return changed(change, task, id);
        });
    }

    /** Runs the handler of a call that was given up again, whose first run has failed. */
    @WriteOperation
    WebEndpointResponse<Map<String, @Nullable Object>> runHandler(@Selector String letterId, @Nullable String action) {
        return response(() -> {
            EndpointRequest.requireRunHandler(action);
            return running.get()
                    .map(durable -> runHandler(durable, letterId))
                    .orElseGet(() -> message(
                            CONFLICT,
                            "this instance runs no calls, so it has no handler; send the request to an instance that runs"
                                    + " the task"));
        });
    }

    private static WebEndpointResponse<Map<String, @Nullable Object>> runHandler(
            DurableRetry durable, String letterId) {
        try {
            return durable.runGivenUpHandler(letterId)
                    ? message(OK, "the handler of dead letter '" + letterId + "' has run")
                    : message(
                            NOT_FOUND,
                            "there is no dead letter '" + letterId
                                    + "' whose handler has failed; it may have run, or the"
                                    + " call may have been replayed. 'respite durable list' has the reasons");
        } catch (StoreException failed) {
            throw failed;
        } catch (Exception failure) {
            if (failure instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            return message(
                    FAILED,
                    "the handler of dead letter '" + letterId
                            + "' was not run, or has failed, and the dead letter is as" + " before: "
                            + FailureText.of(failure));
        }
    }

    private static WebEndpointResponse<Map<String, @Nullable Object>> response(
            Supplier<WebEndpointResponse<Map<String, @Nullable Object>>> operation) {
        try {
            return operation.get();
        } catch (InvalidEndpointRequestException rejected) {
            return message(BAD_REQUEST, String.valueOf(rejected.getMessage()));
        } catch (StoreException failed) {
            return message(UNAVAILABLE, "the database of the calls has failed: " + FailureText.of(failed));
        }
    }

    private static WebEndpointResponse<Map<String, @Nullable Object>> message(int status, String message) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("message", message);
        return new WebEndpointResponse<>(fields, status);
    }

    private static WebEndpointResponse<Map<String, @Nullable Object>> changed(Change change, String task, String id) {
        String call = "call '" + id + "' of task '" + task + "'";
        int status = switch (change) {
            case CHANGED -> OK;
            case ABSENT -> NOT_FOUND;
            case RUNNING, IN_SEQUENCE -> CONFLICT;
        };
        String message = switch (change) {
            case CHANGED -> call + " was changed";
            case ABSENT -> missing(task, id);
            case RUNNING ->
                call + " is running, and was left as it is; repeat the request when its attempt has ended, or its owner"
                        + " has missed eight heartbeats";
            case IN_SEQUENCE ->
                call + " waits for an earlier call of its sequence, and was left as it is; run or cancel the"
                        + " earlier call, or replay or discard its dead letter";
        };
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("result", change.name());
        fields.put("message", message);
        return new WebEndpointResponse<>(fields, status);
    }

    private static String missing(String task, String id) {
        return "there is no call '" + id + "' of task '" + task
                + "' that has not ended; it may be a dead letter, which the bean DeadLetters and 'respite durable list' have";
    }

    private static Map<String, @Nullable Object> fields(PendingCall call) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("task", call.task());
        fields.put("id", call.id());
        fields.put("key", call.call().key());
        fields.put("state", call.state().name());
        fields.put("enqueuedAt", call.enqueued().map(Object::toString).orElse(null));
        fields.put("due", call.due().toString());
        fields.put("attempts", call.attempts());
        fields.put("lastError", call.lastError());
        fields.put("owner", call.owner().orElse(null));
        fields.put("heartbeatAge", call.heartbeatAge().map(Duration::toString).orElse(null));
        fields.put("sequence", call.call().sequence().orElse(null));
        return fields;
    }
}
