package dev.respite.spring.boot.idempotency;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
            if (type != null && AnnotationUtils.isCandidateClass(type, Idempotent.class)) {
                methods(type).forEach(method -> found.put(method.toGenericString(), method));
            }
        });
        return found.values();
    }

    private static Set<Method> methods(Class<?> type) {
        return MethodIntrospector.selectMethods(type, (MethodIntrospector.MetadataLookup<Boolean>)
                        method -> AnnotatedElementUtils.hasAnnotation(method, Idempotent.class) ? true : null)
                .keySet();
    }
}
