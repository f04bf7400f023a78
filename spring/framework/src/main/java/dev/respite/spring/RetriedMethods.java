package dev.respite.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/** The methods of a class that are retried, each as the class has it. */
record RetriedMethods(Class<?> type, Map<Method, RetriedMethod> methods) {

    /** Reads the annotations of a class; refuses what cannot work. */
    static RetriedMethods of(Class<?> type) {
        String name = type.getName();
        if (name.startsWith("java.") || name.startsWith("org.springframework.")) {
            return new RetriedMethods(type, Map.of());
        }
        Map<Method, RetriedMethod> methods = new LinkedHashMap<>();
        select(type, method -> AnnotatedElementUtils.findMergedAnnotation(method, Respite.class))
                .forEach((method, annotation) ->
                        methods.put(method, RetriedMethod.annotated(searched(type, method), method, annotation)));
        @Nullable Respite onClass = AnnotatedElementUtils.findMergedAnnotation(type, Respite.class);
        if (onClass != null) {
            addPublicMethods(type, onClass, methods);
        }
        return new RetriedMethods(type, methods);
    }

    private static Map<Method, Respite> select(Class<?> type, Function<Method, @Nullable Respite> annotation) {
        MethodIntrospector.MetadataLookup<Respite> lookup = annotation::apply;
        return MethodIntrospector.selectMethods(type, lookup);
    }

    private static void addPublicMethods(Class<?> type, Respite onClass, Map<Method, RetriedMethod> methods) {
        if (!onClass.fallback().isEmpty()) {
            throw new InvalidMethodException("the fallback '" + onClass.fallback() + "' is on the class "
                    + type.getName() + ", whose methods have different parameters: annotate the method that it is for");
        }
        Set<Method> fallbacks = new HashSet<>();
        methods.values().forEach(method -> method.fallbacks().forEach(fallback -> fallbacks.add(fallback.method())));
        select(
                        type,
                        method -> isCovered(method) && !methods.containsKey(method) && !fallbacks.contains(method)
                                ? onClass
                                : null)
                .forEach((method, annotation) -> methods.put(method, RetriedMethod.ofClass(method, annotation)));
    }

    private static boolean isCovered(Method method) {
        return Modifier.isPublic(method.getModifiers())
                && !Modifier.isStatic(method.getModifiers())
                && !ReflectionUtils.isObjectMethod(method);
    }

    /** Where the fallback of a method is: a proxy without a target has only what its interfaces declare. */
    private static Class<?> searched(Class<?> type, Method method) {
        return Proxy.isProxyClass(type) ? method.getDeclaringClass() : ClassUtils.getUserClass(type);
    }

    boolean isEmpty() {
        return methods.isEmpty();
    }

    /** Refuses a method that calls of the proxy do not reach. */
    void assertReachedBy(Advised proxy) {
        for (RetriedMethod retried : methods.values()) {
            Method method = retried.method();
            // A factory makes a subclass of a class without interfaces, too.
            if (proxy.isProxyTargetClass() || AopUtils.isCglibProxy(proxy)) {
                if (Modifier.isFinal(method.getModifiers())) {
                    throw new InvalidMethodException(retried.name()
                            + " is final, and @Respite works by a proxy, which is a subclass here: remove 'final', or"
                            + " declare the method in an interface and use proxies of interfaces");
                }
            } else if (retried.isAnnotated() && !isOfAnInterface(method, proxy.getProxiedInterfaces())) {
                throw new InvalidMethodException(retried.name()
                        + " is in no interface, and @Respite works by a proxy, which implements the interfaces of "
                        + type.getName() + " here: declare the method in one of them, or use"
                        + " proxies of classes (proxyTargetClass)");
            }
        }
    }

    private static boolean isOfAnInterface(Method method, Class<?>[] interfaces) {
        for (Class<?> each : interfaces) {
            if (method.getDeclaringClass() == each
                    || ClassUtils.hasMethod(each, method.getName(), method.getParameterTypes())
                    || overridesAMethodOf(each, method)) {
                return true;
            }
        }
        return false;
    }

    /** A method of a generic interface has other parameters than the one that overrides it. */
    private static boolean overridesAMethodOf(Class<?> type, Method method) {
        for (Method declared : type.getMethods()) {
            if (declared.getName().equals(method.getName())
                    && AopUtils.getMostSpecificMethod(declared, method.getDeclaringClass())
                            .equals(method)) {
                return true;
            }
        }
        return false;
    }
}
