package dev.respite.verification;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * No public method has an overload that differs from it only in a functional interface: a lambda or a method reference would
 * be ambiguous, in Kotlin above all. One type that extends the other is no such pair where their lambdas have the same
 * parameters: then every compiler prefers the more specific one.
 */
@AnalyzeClasses(packages = "dev.respite", importOptions = ArchitectureTest.MainCode.class)
class OverloadsTest {

    private static final Set<String> METHODS_OF_OBJECT = Set.of("equals", "hashCode", "toString");

    @ArchTest
    static final ArchRule publicOverloads_doNotDifferOnlyInAFunctionalInterface =
            classes().that().arePublic().should(notHaveAmbiguousOverloads());

    private static ArchCondition<JavaClass> notHaveAmbiguousOverloads() {
        return new ArchCondition<>("not have overloads that differ only in a functional interface") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                List<JavaMethod> methods = type.getMethods().stream()
                        .filter(method -> method.getModifiers().contains(JavaModifier.PUBLIC))
                        .filter(method -> !method.getModifiers().contains(JavaModifier.BRIDGE))
                        .toList();
                for (int i = 0; i < methods.size(); i++) {
                    for (JavaMethod other : methods.subList(i + 1, methods.size())) {
                        if (isAmbiguous(methods.get(i), other)) {
                            events.add(SimpleConditionEvent.violated(
                                    type, methods.get(i).getFullName() + " and " + other.getFullName()));
                        }
                    }
                }
            }
        };
    }

    private static boolean isAmbiguous(JavaMethod one, JavaMethod other) {
        List<JavaClass> these = one.getRawParameterTypes();
        List<JavaClass> those = other.getRawParameterTypes();
        if (!one.getName().equals(other.getName()) || these.size() != those.size()) {
            return false;
        }
        boolean differ = false;
        for (int i = 0; i < these.size(); i++) {
            JavaClass left = these.get(i);
            JavaClass right = those.get(i);
            if (left.equals(right)) {
                continue;
            }
            if (!isFunctional(left) || !isFunctional(right) || isOrdered(left, right)) {
                return false;
            }
            differ = true;
        }
        return differ;
    }

    /** Whether one extends the other, and a lambda for both has the same parameters. */
    private static boolean isOrdered(JavaClass left, JavaClass right) {
        return (left.isAssignableTo(right.getName()) || right.isAssignableTo(left.getName()))
                && parametersOfLambda(left).equals(parametersOfLambda(right));
    }

    private static Optional<List<JavaClass>> parametersOfLambda(JavaClass type) {
        return lambdas(type).map(JavaMethod::getRawParameterTypes).findFirst();
    }

    /** Whether a lambda can stand for it: an interface with one abstract method that no default overrides. */
    private static boolean isFunctional(JavaClass type) {
        return type.isInterface()
                && lambdas(type).map(JavaMethod::getName).distinct().count() == 1;
    }

    private static Stream<JavaMethod> lambdas(JavaClass type) {
        Set<JavaMethod> all = type.getAllMethods();
        return all.stream()
                .filter(method -> method.getModifiers().contains(JavaModifier.ABSTRACT))
                .filter(method -> !METHODS_OF_OBJECT.contains(method.getName()))
                .filter(method -> all.stream().noneMatch(other -> isImplementedBy(method, other)));
    }

    private static boolean isImplementedBy(JavaMethod method, JavaMethod other) {
        return !other.getModifiers().contains(JavaModifier.ABSTRACT)
                && method.getName().equals(other.getName())
                && method.getRawParameterTypes().equals(other.getRawParameterTypes())
                && other.getOwner().isAssignableTo(method.getOwner().getName());
    }
}
