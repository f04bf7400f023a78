package dev.respite.spring;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Names of methods, for messages. */
final class Names {

    private Names() {}

    /** The class, the method and its parameters: {@code com.acme.Payments.charge(Order)}. */
    static String of(Method method) {
        return method.getDeclaringClass().getName() + "." + signature(method.getName(), method.getParameterTypes());
    }

    /** The method and its parameters: {@code charge(Order)}. */
    static String signature(String name, Class<?>[] parameters) {
        return Arrays.stream(parameters).map(Class::getSimpleName).collect(Collectors.joining(", ", name + "(", ")"));
    }
}
