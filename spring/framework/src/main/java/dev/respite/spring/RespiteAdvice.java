package dev.respite.spring;

import dev.respite.Retry;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;

/** Runs the retried methods of all beans. */
final class RespiteAdvice implements MethodInterceptor {

    private final RetriedMethodCache methods;
    private final Supplier<Retries> retries;
    private final Supplier<TransactionGuard> guard;

    RespiteAdvice(RetriedMethodCache methods, Supplier<Retries> retries, Supplier<TransactionGuard> guard) {
        this.methods = methods;
        this.retries = retries;
        this.guard = guard;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        ProxyMethodInvocation proxied = (ProxyMethodInvocation) invocation;
        @Nullable RetriedMethod method = methods.find(proxied);
        if (method == null) {
            return invocation.proceed();
        }
        Retry retry = retries.get().get(method.retry());
        RetriedCall call = new RetriedCall(method, proxied, guard.get().begin(method, retry));
        return switch (method.kind()) {
            case BLOCKING -> call.run();
            case STAGE -> call.runAsync();
            case SINGLE, STREAM -> ReactiveInvocation.of(call);
        };
    }
}
