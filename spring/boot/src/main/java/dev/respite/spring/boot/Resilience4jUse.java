package dev.respite.spring.boot;

import java.lang.reflect.AnnotatedElement;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;

/**
 * The use of Resilience4j in an application that has its starter. The starter brings the classes of its retries, whether or not
 * the application uses more than circuit breakers.
 */
record Resilience4jUse(ConfigurableApplicationContext context) {

    private static final String PACKAGE = "io.github.resilience4j.";
    private static final String RETRY = PACKAGE + "retry.Retry";
    private static final String ANNOTATION = PACKAGE + "retry.annotation.Retry";

    /** Returns whether its retries are certainly unused: the starter has a registry for them, and nothing refers to it. */
    boolean isWithoutRetries() {
        String[] registries = namesOf(RETRY + "Registry");
        return registries.length > 0
                && !isConfigured("instances")
                && !isConfigured("backends")
                && namesOf(RETRY).length == 0
                && Stream.of(registries).noneMatch(this::isUsed)
                && Stream.of(context.getBeanDefinitionNames()).noneMatch(this::isAnnotated);
    }

    private boolean isConfigured(String key) {
        return Binder.get(context.getEnvironment())
                .bind("resilience4j.retry." + key, Bindable.mapOf(String.class, Object.class))
                .map(instances -> !instances.isEmpty())
                .orElse(false);
    }

    private String[] namesOf(String type) {
        ClassLoader loader = context.getClassLoader();
        return ClassUtils.isPresent(type, loader)
                ? context.getBeanNamesForType(ClassUtils.resolveClassName(type, loader), true, false)
                : new String[0];
    }

    /** Returns whether a bean that is not of Resilience4j takes a registry. */
    private boolean isUsed(String registry) {
        return Stream.of(context.getBeanFactory().getDependentBeans(registry)).anyMatch(bean -> {
            @Nullable Class<?> type = context.containsBean(bean) ? context.getType(bean, false) : null;
            return type == null || !type.getName().startsWith(PACKAGE);
        });
    }

    private boolean isAnnotated(String bean) {
        @Nullable Class<?> type = context.getType(bean, false);
        if (type == null || !AnnotationUtils.isCandidateClass(type, ANNOTATION)) {
            return false;
        }
        Class<?> user = ClassUtils.getUserClass(type);
        MethodIntrospector.MetadataLookup<Boolean> lookup = method -> hasRetry(method) ? true : null;
        return hasRetry(user) || !MethodIntrospector.selectMethods(user, lookup).isEmpty();
    }

    private static boolean hasRetry(AnnotatedElement element) {
        return MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY).isPresent(ANNOTATION);
    }
}
