package dev.respite.spring.boot.idempotency;

import dev.respite.spring.boot.setup.SetupException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;

/** Finds the methods of beans that have {@link Idempotent}, whether they handle requests or not. */
final class AnnotatedMethods {

    private AnnotatedMethods() {}

    /** Returns the methods of some beans, in the order of their names. */
    static Collection<Method> of(String[] names, ConfigurableListableBeanFactory beans) {
        Map<String, Method> found = new TreeMap<>();
        Arrays.stream(names).forEach(name -> {
            Class<?> type = AutoProxyUtils.determineTargetClass(beans, name);
            if (type != null) {
                in(type).keySet().forEach(method -> found.put(method.toGenericString(), method));
            }
        });
        return found.values();
    }

    /** Returns the methods of a class. */
    static Map<Method, Idempotent> in(Class<?> type) {
        return !type.getName().startsWith("org.springframework.")
                        && AnnotationUtils.isCandidateClass(type, Idempotent.class)
                ? MethodIntrospector.selectMethods(type, AnnotatedMethods::annotation)
                : Map.of();
    }

    private static @Nullable Idempotent annotation(Method method) {
        return AnnotatedElementUtils.findMergedAnnotation(method, Idempotent.class);
    }

    /** Returns whether the calls of a method have keys. For any other method, requests have them. */
    static boolean hasKey(Method method) {
        Idempotent annotation = annotation(method);
        return annotation != null && !annotation.key().isEmpty();
    }

    static void require(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalStateException(problem);
        }
    }

    /** Ends the start of an application if there are problems. */
    static void reject(List<String> problems) {
        if (!problems.isEmpty()) {
            throw new SetupException(
                    "@Idempotent cannot work as it is used:\n  " + String.join("\n  ", problems),
                    "Correct the methods, or remove the annotation from them.",
                    null);
        }
    }
}
