package dev.respite.lab.substitute;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks a static method whose call is the body of a method, of the same name, of a class of the library. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Adds {

    /** The class that has the method in the compiled program. */
    Class<?> to();

    /** Returns whether the method there is static; if not, the first parameter is its receiver. */
    boolean isStatic() default false;
}
