package dev.respite.idempotency.servlet;

import dev.respite.idempotency.Execution;
import dev.respite.idempotency.OutcomeUnknownException;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.body.ResponseBody;
import dev.respite.idempotency.http.HttpGuard;
import dev.respite.idempotency.http.HttpHead;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.StoredResponse;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.Method;
import java.security.Principal;
import java.util.Collections;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A servlet filter that runs requests with an idempotency key once.
 *
 * <p>Place it behind the authentication, so that each request is authenticated before it gets a response, including replayed
 * ones. Keys belong to the principal of the request.
 *
 * <p>Handlers behind the filter find their context under the attribute {@link #CONTEXT}. The response is held until it is
 * recorded, see {@link HttpGuard#withResponseLimits}; only then is its first byte sent. If the client disconnects, the handler continues, and a later
 * request with the same key gets the complete response. {@code sendError} produces a problem document (RFC 9457) with its
 * status and message, not the container's error page: that page is rendered only after the record must be written, and may
 * differ between two requests.
 *
 * <p>Immutable, and safe for use by any number of threads; the methods called {@code with…} return a new object.
 */
public final class IdempotencyFilter implements Filter {

    /** The attribute of the request that contains the context of the work, for example an {@link Execution}. */
    public static final String CONTEXT = "dev.respite.idempotency.context";

    /**
     * The attribute by which code behind the filter states that no handler has run and none will. With the value {@code
     * true}, the response is sent and not stored, and the key may be sent again. Set it only if that is certain, for example
     * because an argument of the handler could not be read.
     */
    public static final String NOT_HANDLED = "dev.respite.idempotency.not-handled";

    /**
     * The attribute of a request that has passed a {@linkplain #selecting selecting filter}: the {@code
     * Optional<IdempotencyFilter>} that was selected for it.
     */
    public static final String SELECTED = "dev.respite.idempotency.selected";

    /** The attribute that marks a request that has passed this filter. A dispatch may bring it here again. */
    private static final String SEEN = "dev.respite.idempotency.seen";

    private static final int MAX_COMPLETED_KEYS = 10_000;

    private final HttpGuard<?> guard;
    private final boolean async;
    private final Function<? super HttpServletRequest, Optional<Scope>> scope;
    private final BiPredicate<? super HttpServletRequest, ? super IdempotencyRecord> replayAuthorizer;
    private final CompletedKeys completedKeys;

    private IdempotencyFilter(
            HttpGuard<?> guard,
            boolean async,
            Function<? super HttpServletRequest, Optional<Scope>> scope,
            BiPredicate<? super HttpServletRequest, ? super IdempotencyRecord> replayAuthorizer,
            CompletedKeys completedKeys) {
        this.guard = guard;
        this.async = async;
        this.scope = scope;
        this.replayAuthorizer = replayAuthorizer;
        this.completedKeys = completedKeys;
    }

    /**
     * {@return a filter for keys of the request's principal} Requests with a key and without a principal are rejected with 401.
     * Handlers must respond before they return. {@code startAsync} throws an exception, and the key of a request whose handler
     * has called it becomes {@linkplain dev.respite.idempotency.OutcomeUnknownException unknown}.
     *
     * @param guard the semantics of keys
     */
    public static IdempotencyFilter of(HttpGuard<?> guard) {
        Objects.requireNonNull(guard, "guard");
        return new IdempotencyFilter(
                guard, false, IdempotencyFilter::principal, (request, record) -> true, new CompletedKeys(0));
    }

    /**
     * {@return a filter that selects the rules of each request: an {@code IdempotencyFilter}, or none, so that keys of the request
     * are ignored} Each handler can have a key requirement, a scope, a fingerprint and a retention of its own.
     *
     * <pre>{@code
     * IdempotencyFilter payments = IdempotencyFilter.of(guard.withKeyRequirement(KeyRequirement.requiredFor("POST")));
     * Filter filter = IdempotencyFilter.selecting(request ->
     *         Optional.of(payments).filter(rules -> request.getServletPath().equals("/payments")));
     * }</pre>
     *
     * <p>The function is called once for a request, before the body is read. Its result is the request's attribute {@link
     * #SELECTED}, so that code behind the filter can check that the request has passed it with the right rules. Only this
     * filter is registered, not those that it selects: for {@code REQUEST} dispatches, and for {@code ASYNC} too if one of them
     * has {@linkplain #withAsyncHandlers() asynchronous handlers}.
     *
     * @param rules returns the rules of a request, or empty if its keys are ignored. The request has the query's parameters
     *     only; its body, parts and {@code startAsync} throw an {@link IllegalStateException}; its attributes can be
     *     changed, and the changes are discarded. An exception ends the request before a key is claimed. Safe for use by any
     *     number of threads
     */
    public static Filter selecting(Function<? super HttpServletRequest, Optional<IdempotencyFilter>> rules) {
        return new SelectingIdempotencyFilter(Objects.requireNonNull(rules, "rules"));
    }

    /**
     * {@return a filter for keys of the principal within a scope, such as its tenant} A request without a principal is answered
     * with 401.
     *
     * @param scope returns the scope; an empty result is answered with 401
     */
    public IdempotencyFilter withScope(Function<? super HttpServletRequest, Optional<Scope>> scope) {
        Objects.requireNonNull(scope, "scope");
        return withSharedScope(request ->
                name(request).flatMap(name -> scope.apply(request).map(within -> within.withPrincipal(name))));
    }

    /**
     * {@return a filter for keys that all callers of a scope share: each of them gets the responses of the others, if it sends
     * their keys and requests} No principal is needed.
     *
     * @param scope returns the scope from the authentication, never from what a caller only claims; an empty result is answered
     *     with 401
     */
    public IdempotencyFilter withSharedScope(Function<? super HttpServletRequest, Optional<Scope>> scope) {
        Objects.requireNonNull(scope, "scope");
        return new IdempotencyFilter(guard, async, scope, replayAuthorizer, completedKeys);
    }

    /**
     * {@return a filter that checks each replay} A replay that is not authorized is answered with 403.
     *
     * @param replayAuthorizer whether this request may get the recorded response
     */
    public IdempotencyFilter withReplayAuthorizer(
            BiPredicate<? super HttpServletRequest, ? super IdempotencyRecord> replayAuthorizer) {
        Objects.requireNonNull(replayAuthorizer, "replayAuthorizer");
        return new IdempotencyFilter(guard, async, scope, replayAuthorizer, completedKeys);
    }

    /**
     * {@return a filter for asynchronous handlers} The response is recorded when the handler completes or dispatches, on any
     * thread. Effect and record cannot be in one transaction then, so the guard needs an {@link
     * dev.respite.idempotency.ExternalIdempotency}. Map the filter to {@code REQUEST} and {@code ASYNC} dispatches, and enable
     * asynchronous support for it.
     *
     * @throws IllegalStateException if the guard has another idempotency
     */
    public IdempotencyFilter withAsyncHandlers() {
        if (!guard.supportsAsync()) {
            throw new IllegalStateException(
                    "a request that completes on another thread cannot share a transaction with its"
                            + " record: create the guard with an ExternalIdempotency, which has weaker guarantees");
        }
        return new IdempotencyFilter(guard, true, scope, replayAuthorizer, completedKeys);
    }

    /**
     * {@return a filter that keeps the keys of its last 10,000 requests with a recorded result in memory, for {@link
     * #hasCompleted}; filters that are made from it by {@code with…} share them} They need up to 1 KB each.
     */
    public IdempotencyFilter withCompletedKeys() {
        return new IdempotencyFilter(guard, async, scope, replayAuthorizer, new CompletedKeys(MAX_COMPLETED_KEYS));
    }

    /**
     * Returns whether this process has recorded or replayed the result of a request, so that a retry of it costs little. A
     * server that refuses retries can admit such a retry, see {@code RetryAdmissionFilter.withExemption}.
     *
     * <p>It compares the method, the path and the header of the key as they were sent, not the principal: it may be called before
     * the authentication. Never send a response or grant anything by it.
     *
     * @param request a request, whose body and attributes are not read
     * @return false also if the key is no longer kept, or this filter is not made by {@link #withCompletedKeys}
     */
    public boolean hasCompleted(HttpServletRequest request) {
        HttpHead head = head(request);
        return completedKeys.contains(head, guard.keyLines(head));
    }

    /**
     * Checks that handlers respond before they return, which this filter requires without {@link #withAsyncHandlers}. Call it
     * when the application starts, with the methods that handle requests with keys, for example the methods of Spring's {@code
     * RequestMappingHandlerMapping}.
     *
     * <p>It rejects methods that return a {@code CompletionStage}, {@code Future}, {@code Callable} or {@code Publisher};
     * Spring's {@code DeferredResult}, {@code WebAsyncTask}, {@code ListenableFuture}, {@code ResponseBodyEmitter} or {@code
     * StreamingResponseBody}; an asynchronous type of RxJava, Mutiny or Kotlin coroutines; a subtype of one of these; or a
     * Spring {@code HttpEntity} that contains one. It also rejects suspending Kotlin functions. A method whose return type
     * does not show that it is asynchronous is detected when it handles a request: its key becomes unknown.
     *
     * @param handlers the methods
     * @throws IllegalStateException if one of them responds later; the message lists all of them
     */
    public static void requireSynchronous(Iterable<Method> handlers) {
        LateResults.requireNone(handlers);
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(request instanceof HttpServletRequest http) || !(response instanceof HttpServletResponse reply)) {
            chain.doFilter(request, response);
            return;
        }
        Object seen = http.getAttribute(SEEN);
        if (seen instanceof AsyncRequest asyncRequest && http.getDispatcherType() == DispatcherType.ASYNC) {
            asyncRequest.resume(() -> chain.doFilter(request, response));
        } else if (seen != null || http.getDispatcherType() == DispatcherType.ERROR) {
            // An error page is not an effect of the request, even if an earlier filter has ended the request.
            chain.doFilter(request, response);
        } else {
            handle(http, reply, chain);
        }
    }

    private void handle(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HttpHead head = head(request);
        if (!guard.appliesTo(head)) {
            chain.doFilter(request, response);
            return;
        }
        Optional<Scope> principal = scope.apply(request);
        Optional<StoredResponse> rejection = guard.rejection(head, principal);
        ResponseBody body = new ResponseBody(guard.maxResponseInMemory(), guard.maxResponseLength());
        if (rejection.isPresent()) {
            ResponseWriter.send(response, rejection.get(), body);
            return;
        }
        // A truncated body ends the request here with an exception, before a key is claimed.
        Optional<Content> content = new ContentReader(request, guard.bodyLimit()).read();
        if (content.isEmpty()) {
            ResponseWriter.send(response, guard.tooLarge(), body);
            return;
        }
        Optional<String> problem = problem(content.get(), request);
        if (problem.isPresent()) {
            ResponseWriter.send(response, guard.unreadableForm(problem.get()), body);
            return;
        }
        Reply held = new Reply(response, body, completedKeys.pending(head, guard.keyLines(head)));
        if (async) {
            handleAsync(head, principal.orElseThrow(), content.get(), request, held, chain);
        } else {
            handleHere(head, principal.orElseThrow(), content.get(), request, held, chain);
        }
    }

    private Optional<String> problem(Content content, HttpServletRequest request) {
        if (content instanceof Content.Malformed) {
            return Optional.of(
                    "the multipart body is malformed: it needs the boundary of its Content-Type, and an end");
        }
        return content instanceof Content.Cached cached && Form.isForm(request.getContentType())
                ? Form.problem(cached.compared(), request.getCharacterEncoding(), guard.maxParameters())
                : Optional.empty();
    }

    /** The response of the container, the body that is held for it, and the key that it may complete. */
    private record Reply(HttpServletResponse response, ResponseBody body, CompletedKeys.Pending key) {}

    private void handleHere(
            HttpHead head, Scope principal, Content content, HttpServletRequest request, Reply held, FilterChain chain)
            throws IOException, ServletException {
        request.setAttribute(SEEN, true);
        try {
            StoredResponse reply = guard.<Exception>handle(
                    head, principal, content.compared(), record -> replayAuthorizer.test(request, record), context -> {
                        BufferedResponse buffered =
                                new BufferedResponse(held.response(), held.body(), IdempotencyFilter::refuse);
                        request.setAttribute(CONTEXT, context);
                        held.key().onRun();
                        // A transaction that was rolled back may have set it.
                        request.removeAttribute(NOT_HANDLED);
                        CachedBodyRequest cached = new CachedBodyRequest(request, content, null);
                        try {
                            run(chain, cached, buffered);
                            StoredResponse response = buffered.response();
                            return ended(request, cached, context, response);
                        } finally {
                            buffered.end();
                            passOn(request, context);
                        }
                    });
            ResponseWriter.send(held.response(), held.key().onReply(reply), held.body());
        } catch (Exception failure) {
            throw Failures.thrown(failure);
        } finally {
            held.body().discard();
        }
    }

    /**
     * Work whose {@code startAsync} was rejected has begun, and may have started tasks on other threads: its outcome is
     * unknown. The same holds if the application has made a response of an {@link OutcomeUnknownException}.
     */
    private static void run(FilterChain chain, CachedBodyRequest held, BufferedResponse buffered)
            throws IOException, ServletException {
        try {
            chain.doFilter(held, buffered);
        } catch (Throwable failure) {
            if (held.hasRejectedAsync()) {
                throw new OutcomeUnknownException(CachedBodyRequest.ASYNC_REJECTED, failure);
            }
            throw failure;
        }
        held.requireKnownOutcome();
    }

    /**
     * Returns a response with the end of its handler. In external mode the status alone decides: an effect before the exception
     * cannot be undone.
     */
    private static StoredResponse ended(
            HttpServletRequest request, CachedBodyRequest cached, Object context, StoredResponse response) {
        if (isNotHandled(request)) {
            return response.withoutEffect();
        }
        return cached.hasFailed() && !(context instanceof Execution) ? response.ofFailure() : response;
    }

    private static boolean isNotHandled(HttpServletRequest request) {
        return Boolean.TRUE.equals(request.getAttribute(NOT_HANDLED));
    }

    /** Declares that there was no effect, also if an exception passes the filter. A transaction needs no declaration. */
    private static void passOn(HttpServletRequest request, Object context) {
        if (context instanceof Execution execution && isNotHandled(request)) {
            execution.noEffect();
        }
    }

    private static void refuse(Runnable task) {
        throw new IllegalStateException("a WriteListener needs an asynchronous request: call startAsync first");
    }

    private void handleAsync(
            HttpHead head, Scope principal, Content content, HttpServletRequest request, Reply held, FilterChain chain)
            throws IOException, ServletException {
        AsyncRequest asyncRequest = new AsyncRequest(held.response(), held.body());
        request.setAttribute(SEEN, asyncRequest);
        Predicate<IdempotencyRecord> authorizer = record -> replayAuthorizer.test(request, record);
        var reply = guard.handleAsync(head, principal, content.compared(), authorizer, execution -> {
            request.setAttribute(CONTEXT, execution);
            held.key().onRun();
            CachedBodyRequest cached = new CachedBodyRequest(request, content, asyncRequest);
            AtomicBoolean isNotHandled = new AtomicBoolean();
            return asyncRequest
                    .run(() -> {
                        try {
                            chain.doFilter(cached, asyncRequest.buffered());
                        } finally {
                            // Read here: later the container may use the object for another request.
                            isNotHandled.set(isNotHandled(request));
                            passOn(request, execution);
                        }
                    })
                    .thenApply(ended -> isNotHandled.get() ? ended.withoutEffect() : ended);
        });
        asyncRequest.begin(reply.thenApply(held.key()::onReply));
    }

    private static HttpHead head(HttpServletRequest request) {
        return new HttpHead(
                request.getMethod(),
                request.getRequestURI(),
                Optional.ofNullable(request.getQueryString()),
                name -> Collections.list(request.getHeaders(name)));
    }

    private static Optional<Scope> principal(HttpServletRequest request) {
        return name(request).map(Scope::of);
    }

    private static Optional<String> name(HttpServletRequest request) {
        return Optional.ofNullable(request.getUserPrincipal()).map(Principal::getName);
    }
}
