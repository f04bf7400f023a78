package dev.respite.spring;

import dev.respite.text.Spelling;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ResolvableType;
import org.springframework.util.ReflectionUtils;

/** Finds the fallbacks of a method of a bean by their name, and refuses a name without exactly one for a type of failure. */
record FallbackSearch(Class<?> type, Method retried, String name) {

    /** Returns the fallbacks, those for narrower failures first. */
    List<Fallback> find() {
        List<Method> all = Stream.of(ReflectionUtils.getAllDeclaredMethods(type))
                .filter(method -> !method.isBridge() && !method.isSynthetic())
                .toList();
        List<Method> named = all.stream()
                .filter(method -> method.getName().equals(name))
                .map(method -> AopUtils.getMostSpecificMethod(method, type))
                .distinct()
                .toList();
        if (named.isEmpty()) {
            List<String> names = all.stream().map(Method::getName).distinct().toList();
            throw refusal("is not a method of " + type.getName() + Spelling.nearSuggestion(name, names)
                    + ": correct the name, or declare the method");
        }
        List<Fallback> fitting =
                named.stream().map(this::ifItFits).flatMap(Optional::stream).toList();
        if (fitting.isEmpty()) {
            throw refusal("has other parameters, as " + signatures(named) + ": declare "
                    + Names.signature(name, retried.getParameterTypes())
                    + ", and a Throwable after these parameters if it uses the failure");
        }
        if (fitting.stream().map(Fallback::replaced).distinct().count() < fitting.size()) {
            throw refusal("stands for several methods that replace the same failures, " + signatures(named)
                    + ": give all but one another name");
        }
        fitting.forEach(fallback -> assertReturnsTheSame(fallback.method()));
        return fitting.stream()
                .sorted(Comparator.comparingInt(fallback -> -depth(fallback.replaced())))
                .toList();
    }

    private static int depth(Class<?> type) {
        return (int) Stream.<Class<?>>iterate(type, Objects::nonNull, Class::getSuperclass)
                .count();
    }

    private Optional<Fallback> ifItFits(Method method) {
        boolean suspending = KotlinDetector.isSuspendingFunction(retried);
        if (KotlinDetector.isSuspendingFunction(method) != suspending) {
            return Optional.empty();
        }
        List<Class<?>> expected = parameters(retried, suspending);
        List<Class<?>> actual = parameters(method, suspending);
        if (actual.equals(expected)) {
            return Optional.of(new Fallback(method, Throwable.class, false, suspending));
        }
        int last = actual.size() - 1;
        boolean fits = last == expected.size()
                && actual.subList(0, last).equals(expected)
                && Throwable.class.isAssignableFrom(actual.get(last));
        return fits ? Optional.of(new Fallback(method, actual.get(last), true, suspending)) : Optional.empty();
    }

    /** The parameters without the continuation of a suspending function. */
    private static List<Class<?>> parameters(Method method, boolean suspending) {
        List<Class<?>> types = Arrays.asList(method.getParameterTypes());
        return suspending ? types.subList(0, types.size() - 1) : types;
    }

    private void assertReturnsTheSame(Method fallback) {
        ResolvableType expected = produced(retried);
        ResolvableType actual = produced(fallback);
        boolean isResolved = !expected.hasUnresolvableGenerics() && !actual.hasUnresolvableGenerics();
        boolean fits = isResolved
                ? expected.isAssignableFrom(actual)
                : expected.resolve(Object.class).isAssignableFrom(actual.resolve(Object.class));
        if (!fits) {
            throw refusal("returns " + actual + ", and the retried method " + expected + ": let it return the same");
        }
    }

    /** Returns the result type of a method; for a suspending function, the type that its continuation receives. */
    private ResolvableType produced(Method method) {
        return KotlinDetector.isSuspendingFunction(method)
                ? ResolvableType.forMethodParameter(method, method.getParameterCount() - 1, type)
                        .getGeneric(0)
                : ResolvableType.forMethodReturnType(method, type);
    }

    private InvalidMethodException refusal(String reason) {
        return new InvalidMethodException("the fallback '" + name + "' of " + Names.of(retried) + " " + reason);
    }

    private static String signatures(List<Method> methods) {
        return methods.stream()
                .map(method -> Names.signature(method.getName(), method.getParameterTypes()))
                .sorted()
                .collect(Collectors.joining(" and "));
    }
}
