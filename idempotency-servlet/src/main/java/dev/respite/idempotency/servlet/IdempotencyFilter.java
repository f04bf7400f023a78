package dev.respite.idempotency.servlet;

import dev.respite.idempotency.Execution;
import dev.respite.idempotency.IdempotencyRecord;
import dev.respite.idempotency.OutcomeUnknownException;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.StoredResponse;
import dev.respite.idempotency.http.HttpGuard;
import dev.respite.idempotency.http.HttpHead;
import dev.respite.idempotency.http.Plan;
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
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Lets requests that carry an idempotency key through once.
 *
 * <p>Put it behind whatever authenticates, so that each request has been authenticated before it is told anything, also one
 * that is replayed. Keys belong to the principal of the request.
 *
 * <p>What is behind it finds what it is given to work with under the attribute {@link #CONTEXT}. Its response is held in memory
 * until it is recorded; only then is its first byte sent. A client that goes away changes nothing: what is behind goes on, and
 * whoever sends the key again is answered in full. {@code sendError} is answered with a problem document
 * (RFC 9457) that has its status and message, and not with the container's error page: that is rendered only after the record must
 * be written, and need not be the same twice.
 *
 * <p>Immutable, and safe for use by any number of threads; the methods called {@code with…} return another one.
 */
public final class IdempotencyFilter implements Filter {

    /** The attribute of the request in which is found what there is to work with: an {@link Execution} for example. */
    public static final String CONTEXT = "dev.respite.idempotency.context";

    /** The attribute that says that a request has been here: it may come again, by a dispatch. */
    private static final String SEEN = "dev.respite.idempotency.seen";

    private final HttpGuard<?> guard;
    private final boolean async;
    private final Function<? super HttpServletRequest, Optional<Scope>> scope;
    private final BiPredicate<? super HttpServletRequest, ? super IdempotencyRecord> mayReplay;

    private IdempotencyFilter(
            HttpGuard<?> guard,
            boolean async,
            Function<? super HttpServletRequest, Optional<Scope>> scope,
            BiPredicate<? super HttpServletRequest, ? super IdempotencyRecord> mayReplay) {
        this.guard = guard;
        this.async = async;
        this.scope = scope;
        this.mayReplay = mayReplay;
    }

    /**
     * A filter for keys of the request's principal. Where there is none, requests with a key are refused with 401. What is
     * behind it answers before it returns; {@code startAsync} is refused, and the key of a request whose handler has called it is
     * {@linkplain dev.respite.idempotency.OutcomeUnknownException unknown} from then on.
     *
     * @param guard what keys mean
     * @return the filter
     */
    public static IdempotencyFilter of(HttpGuard<?> guard) {
        return new IdempotencyFilter(
                Objects.requireNonNull(guard, "guard"), false, IdempotencyFilter::principal, (request, record) -> true);
    }

    /**
     * This filter for keys of something else.
     *
     * @param scope says whose key it is, by what has been authenticated; nothing is answered with 401
     * @return the filter
     */
    public IdempotencyFilter withScope(Function<? super HttpServletRequest, Optional<Scope>> scope) {
        return new IdempotencyFilter(guard, async, Objects.requireNonNull(scope, "scope"), mayReplay);
    }

    /**
     * This filter with a question that is asked before each replay. If the answer is no, the reply is 403.
     *
     * @param mayReplay whether a result may still be told to whoever asks
     * @return the filter
     */
    public IdempotencyFilter withMayReplay(
            BiPredicate<? super HttpServletRequest, ? super IdempotencyRecord> mayReplay) {
        return new IdempotencyFilter(guard, async, scope, Objects.requireNonNull(mayReplay, "mayReplay"));
    }

    /**
     * This filter for what may go asynchronous: it is recorded what it has answered when it completes or dispatches, on
     * whatever thread. Its effect and the record cannot be in one transaction, so the guard must be one of an {@link
     * dev.respite.idempotency.ExternalIdempotency}. Map the filter to {@code REQUEST} and {@code ASYNC} dispatches, and switch
     * its support for asynchronous requests on.
     *
     * @return the filter
     * @throws IllegalStateException if the guard is one of something else
     */
    public IdempotencyFilter withAsyncHandlers() {
        if (!guard.canBeAsync()) {
            throw new IllegalStateException("what completes on another thread cannot be in one transaction with its"
                    + " record: make the guard of an ExternalIdempotency, which promises less");
        }
        return new IdempotencyFilter(guard, true, scope, mayReplay);
    }

    /**
     * Checks that handlers answer before they return, as they must behind a filter that is not made {@link #withAsyncHandlers}.
     * Call it when the application starts, with the methods that handle requests with keys: of Spring's {@code
     * RequestMappingHandlerMapping} for example.
     *
     * <p>Refused are methods that return a {@code CompletionStage}, {@code Future}, {@code Callable} or {@code Publisher}, a {@code
     * DeferredResult}, {@code WebAsyncTask}, {@code ListenableFuture}, {@code ResponseBodyEmitter} or {@code
     * StreamingResponseBody} of Spring, a type of RxJava, Mutiny or Kotlin's coroutines that stands for these, a subtype of one, or a
     * Spring {@code HttpEntity} with one in it; and Kotlin functions that suspend. A method whose return type does not say so is
     * noticed when it handles a request: its key is unknown then.
     *
     * @param handlers the methods
     * @throws IllegalStateException if one of them answers later; the message lists them all
     */
    public static void requireSynchronous(Iterable<Method> handlers) {
        List<Method> late = LateResults.among(handlers);
        if (!late.isEmpty()) {
            throw new IllegalStateException(late.stream()
                    .map(Method::toGenericString)
                    .collect(Collectors.joining(
                            "\n  ",
                            late.size() + " methods that handle requests with idempotency keys answer after they have"
                                    + " returned, and this filter records what was answered before; return the result itself, or"
                                    + " make the filter withAsyncHandlers():\n  ",
                            "")));
        }
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(request instanceof HttpServletRequest http) || !(response instanceof HttpServletResponse reply)) {
            chain.doFilter(request, response);
            return;
        }
        Object seen = http.getAttribute(SEEN);
        if (seen instanceof Running running && http.getDispatcherType() == DispatcherType.ASYNC) {
            running.goOn(() -> chain.doFilter(request, response));
        } else if (seen != null || http.getDispatcherType() == DispatcherType.ERROR) {
            // The page of an error is none of the request's effects, also where a filter before this one has ended it.
            chain.doFilter(request, response);
        } else {
            handle(http, reply, chain);
        }
    }

    private void handle(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HttpHead head = head(request);
        Plan plan = guard.plan(head, () -> scope.apply(request));
        if (plan instanceof Plan.Pass) {
            chain.doFilter(request, response);
        } else if (plan instanceof Plan.Refuse refuse) {
            Replying.send(response, refuse.reply());
        } else {
            // A body that is cut short, or does not come, ends here by an exception, before anything is claimed.
            Optional<Content> content = new ContentReader(request, guard.bodyLimit()).read();
            if (content.isEmpty()) {
                Replying.send(response, guard.tooLarge());
                return;
            }
            Plan.Keyed keyed = (Plan.Keyed) plan;
            if (async) {
                handleAsync(head, keyed, content.get(), request, response, chain);
            } else {
                handleHere(head, keyed, content.get(), request, response, chain);
            }
        }
    }

    private void handleHere(
            HttpHead head,
            Plan.Keyed keyed,
            Content content,
            HttpServletRequest request,
            HttpServletResponse response,
            FilterChain chain)
            throws IOException, ServletException {
        request.setAttribute(SEEN, true);
        StoredResponse reply;
        try {
            reply = guard.<Exception>handle(
                    head, keyed, content.compared(), record -> mayReplay.test(request, record), context -> {
                        BufferedResponse buffered = new BufferedResponse(response, IdempotencyFilter::refuse);
                        request.setAttribute(CONTEXT, context);
                        run(chain, new HeldRequest(request, content, null), buffered);
                        return buffered.response();
                    });
        } catch (Exception failure) {
            throw Failures.thrown(failure);
        }
        Replying.send(response, reply);
    }

    /** Work that was refused {@code startAsync} has begun, and what it has handed to other threads is not known. */
    private static void run(FilterChain chain, HeldRequest held, BufferedResponse buffered)
            throws IOException, ServletException {
        try {
            chain.doFilter(held, buffered);
        } catch (Throwable failure) {
            if (held.hasRefusedAsync()) {
                throw new OutcomeUnknownException(HeldRequest.ASYNC_REFUSED, failure);
            }
            throw failure;
        }
        if (held.hasRefusedAsync()) {
            throw new OutcomeUnknownException(HeldRequest.ASYNC_REFUSED);
        }
    }

    private static void refuse(Runnable task) {
        throw new IllegalStateException("only an asynchronous request is written without blocking");
    }

    private void handleAsync(
            HttpHead head,
            Plan.Keyed keyed,
            Content content,
            HttpServletRequest request,
            HttpServletResponse response,
            FilterChain chain)
            throws IOException, ServletException {
        Running running = new Running(response);
        request.setAttribute(SEEN, running);
        Predicate<IdempotencyRecord> mayBeTold = record -> mayReplay.test(request, record);
        running.begin(guard.handleAsync(head, keyed, content.compared(), mayBeTold, execution -> {
            request.setAttribute(CONTEXT, execution);
            HeldRequest held = new HeldRequest(request, content, running);
            return running.run(() -> chain.doFilter(held, running.buffered()));
        }));
    }

    private static HttpHead head(HttpServletRequest request) {
        return new HttpHead(
                request.getMethod(),
                request.getRequestURI(),
                Optional.ofNullable(request.getQueryString()),
                name -> Collections.list(request.getHeaders(name)));
    }

    private static Optional<Scope> principal(HttpServletRequest request) {
        return Optional.ofNullable(request.getUserPrincipal())
                .map(Principal::getName)
                .map(Scope::of);
    }
}
