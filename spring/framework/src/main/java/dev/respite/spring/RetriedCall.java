package dev.respite.spring;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;

/** One call of a retried method. Each attempt copies the invocation of the proxy. */
record RetriedCall(RetriedMethod method, ProxyMethodInvocation invocation, Attempts attempts) {

    /** Makes an attempt. Throws what the method throws, which may be any throwable. */
    @Nullable
    Object attempt() {
        return attempts.<@Nullable Object, RuntimeException>run(this::proceed);
    }

    private @Nullable Object proceed() {
        try {
            return invocation.invocableClone().proceed();
        } catch (Throwable failure) {
            RetriedCall.<RuntimeException>throwAsIs(failure);
            throw new AssertionError("not reached", failure);
        }
    }

    /** Calls a method that returns when it is done. */
    @Nullable
    Object run() throws Throwable {
        Callable<@Nullable Object> operation = this::attempt;
        try {
            return method.annotation().interrupt()
                    ? attempts.retry().callWithInterrupt(operation)
                    : attempts.retry().call(operation);
        } catch (Throwable failure) {
            if (isReplaced(failure, Thread.currentThread().isInterrupted())) {
                return fallback(failure);
            }
            throw failure;
        }
    }

    /** Calls a method that returns a stage. */
    CompletableFuture<@Nullable Object> runAsync() {
        CompletableFuture<@Nullable Object> call = attempts.retry().callAsync(this::stage);
        return method.fallbacks().isEmpty() ? call : new FallbackFuture(call, this).start();
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // the method is declared to return a stage; null fails the attempt
    private CompletionStage<@Nullable Object> stage() {
        return (CompletionStage<@Nullable Object>) attempt();
    }

    @SuppressWarnings("unchecked") // not checked at run time, so it is thrown as it is
    private static <X extends Throwable> void throwAsIs(Throwable failure) throws X {
        throw (X) failure;
    }

    /** Returns whether the fallback is called for a failure. */
    boolean isReplaced(Throwable failure, boolean interrupted) {
        return method.fallback(failure, interrupted).isPresent();
    }

    /** Calls the fallback. */
    @Nullable
    Object fallback(Throwable failure) throws Throwable {
        @Nullable Object target = invocation.getThis();
        return method.fallback(failure, false)
                .orElseThrow()
                .call(target == null ? invocation.getProxy() : target, invocation.getArguments(), failure);
    }
}
