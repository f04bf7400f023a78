package dev.respite.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.MethodClassKey;

/** The classes of the beans, each read once. Safe for use by any number of threads. */
final class RetriedMethodCache {

    private final Map<Class<?>, RetriedMethods> classes = new ConcurrentHashMap<>();
    private final Map<MethodClassKey, Optional<RetriedMethod>> methods = new ConcurrentHashMap<>();

    RetriedMethods of(Class<?> type) {
        return classes.computeIfAbsent(type, RetriedMethods::of);
    }

    /** The method that an invocation calls, if it is retried. */
    @Nullable
    RetriedMethod find(ProxyMethodInvocation invocation) {
        @Nullable Object target = invocation.getThis();
        Class<?> type = target == null ? invocation.getProxy().getClass() : AopUtils.getTargetClass(target);
        Method method = invocation.getMethod();
        return methods.computeIfAbsent(
                        new MethodClassKey(method, type),
                        key -> Optional.ofNullable(of(type).methods().get(specific(method, type))))
                .orElse(null);
    }

    /** A proxy without a target has only the methods of its interfaces. */
    private static Method specific(Method method, Class<?> type) {
        return Proxy.isProxyClass(type) ? method : AopUtils.getMostSpecificMethod(method, type);
    }
}
