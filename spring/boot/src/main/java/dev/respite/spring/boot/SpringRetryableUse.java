package dev.respite.spring.boot;

import dev.respite.spring.UnlessRespiteGaveUp;
import java.lang.reflect.AnnotatedElement;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.resilience.annotation.RetryAnnotationBeanPostProcessor;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.util.ClassUtils;

/** The use of Spring's own {@code @Retryable}, whose classes every application has. */
record SpringRetryableUse(ConfigurableApplicationContext context) {

    /** Returns whether no method is retried, but those whose predicate recognizes what Respite has given up on. */
    boolean isWithoutRetries() {
        return context.getBeanNamesForType(RetryAnnotationBeanPostProcessor.class, true, false).length == 0
                || Stream.of(context.getBeanDefinitionNames()).noneMatch(this::isRetried);
    }

    private boolean isRetried(String bean) {
        @Nullable Class<?> type = context.getType(bean, false);
        if (type == null || !AnnotationUtils.isCandidateClass(type, Retryable.class)) {
            return false;
        }
        Class<?> user = ClassUtils.getUserClass(type);
        MethodIntrospector.MetadataLookup<Boolean> lookup = method -> multiplies(method) ? true : null;
        return multiplies(user)
                || !MethodIntrospector.selectMethods(user, lookup).isEmpty();
    }

    private static boolean multiplies(AnnotatedElement element) {
        return MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY).stream(Retryable.class)
                .anyMatch(retryable -> retryable.getClass("predicate") != UnlessRespiteGaveUp.class);
    }
}
