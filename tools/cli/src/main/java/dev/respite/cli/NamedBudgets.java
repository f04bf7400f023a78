package dev.respite.cli;

import dev.respite.budget.RetryBudget;
import dev.respite.cli.console.UsageException;
import dev.respite.sim.CustomBudget;
import dev.respite.time.TimeSource;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Parses budget classes for named policies: {@code mine=com.acme.MyBudget}. */
final class NamedBudgets {

    private static final String POINTER = "The contract of a budget: the Javadoc of dev.respite.budget.RetryBudget.";

    private NamedBudgets() {}

    static Map<String, CustomBudget> read(List<String> given, Collection<String> policies) {
        Map<String, CustomBudget> budgets = new LinkedHashMap<>();
        for (String pair : given) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw refused(pair, "expected NAME=CLASS, such as mine=com.acme.MyBudget");
            }
            String name = pair.substring(0, equals);
            if (!policies.contains(name)) {
                throw refused(
                        pair,
                        "no policy is called '" + name + "'; use one of " + String.join(", ", policies)
                                + ", or add --policy " + name + "=TEXT");
            }
            String type = pair.substring(equals + 1);
            if (budgets.put(name, new CustomBudget(type, factory(pair, type))) != null) {
                throw refused(pair, "'" + name + "' has a budget already; give each policy one");
            }
        }
        return budgets;
    }

    private static Function<TimeSource, RetryBudget> factory(String pair, String type) {
        Constructor<? extends RetryBudget> constructor = constructor(pair, type);
        // Creates one budget now, so that a faulty class is rejected before the simulation starts.
        RetryBudget unused = create(pair, constructor);
        return time -> create(pair, constructor);
    }

    private static Constructor<? extends RetryBudget> constructor(String pair, String type) {
        Class<?> found;
        try {
            found = Class.forName(type, true, ClassLoader.getSystemClassLoader());
        } catch (ClassNotFoundException missing) {
            throw refused(
                    pair, "there is no class '" + type + "' on the class path; add its folder or jar to CLASSPATH");
        } catch (LinkageError broken) {
            throw refused(pair, "the class cannot be loaded: " + broken + "; compile it against this version");
        }
        if (!RetryBudget.class.isAssignableFrom(found)) {
            throw refused(pair, "the class does not implement dev.respite.budget.RetryBudget; name one that does");
        }
        if (!Modifier.isPublic(found.getModifiers()) || Modifier.isAbstract(found.getModifiers())) {
            throw refused(pair, "the class must be public and not abstract; change it, or name another");
        }
        try {
            return found.asSubclass(RetryBudget.class).getConstructor();
        } catch (NoSuchMethodException missing) {
            throw refused(pair, "the class has no public constructor without parameters; add one");
        }
    }

    private static RetryBudget create(String pair, Constructor<? extends RetryBudget> constructor) {
        try {
            return constructor.newInstance();
        } catch (InvocationTargetException thrown) {
            throw refused(pair, "the constructor threw " + thrown.getCause() + "; it must not throw");
        } catch (ReflectiveOperationException inaccessible) {
            throw refused(pair, "the constructor cannot be called: " + inaccessible + "; make the class public");
        }
    }

    private static UsageException refused(String what, String why) {
        return new UsageException("--budget " + what + ": " + why, POINTER);
    }
}
