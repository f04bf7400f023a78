package dev.respite.failure;

import dev.respite.cause.CauseChain;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Reads the facts that a throwable states. The row of its class in the built-in table is found once for each class. Safe for use
 * by any number of threads.
 */
public final class FactReader {

    private static final MethodHandle[] NO_ACCESSORS = new MethodHandle[0];

    private static final List<FailureFacts> INSTALLED = installed();

    private static final Rows ROWS = new Rows();

    private FactReader() {}

    /**
     * Reads the facts that a throwable itself states, without its causes. Installed {@link FailureFacts} are consulted first,
     * then the built-in table. Never throws.
     *
     * @param failure the throwable
     * @return its facts, the most significant first; empty if it states none that is known
     */
    public static List<FailureFact> read(Throwable failure) {
        for (int i = 0; i < INSTALLED.size(); i++) {
            List<FailureFact> stated = safely(INSTALLED.get(i), failure);
            if (!stated.isEmpty()) {
                return stated;
            }
        }
        return readRow(ROWS.get(failure.getClass()), failure);
    }

    /**
     * Reads the facts that a throwable and its causes state. Never throws.
     *
     * @param failure the throwable
     * @return the facts, the outermost throwable's first
     */
    public static List<FailureFact> readChain(Throwable failure) {
        List<FailureFact> facts = new ArrayList<>();
        @Nullable Throwable error = failure;
        for (int depth = 0; error != null && depth < CauseChain.MAX_LENGTH; depth++) {
            facts.addAll(read(error));
            error = error.getCause();
        }
        return List.copyOf(facts);
    }

    /**
     * Returns whether a throwable or one of its causes states a fact. Never throws.
     *
     * @param failure the throwable
     * @param fact the fact
     * @return true if it is among the facts of the chain
     */
    public static boolean states(Throwable failure, FailureFact fact) {
        @Nullable Throwable error = failure;
        for (int depth = 0; error != null && depth < CauseChain.MAX_LENGTH; depth++) {
            if (read(error).contains(fact)) {
                return true;
            }
            error = error.getCause();
        }
        return false;
    }

    private static List<FailureFact> safely(FailureFacts facts, Throwable failure) {
        try {
            return List.copyOf(facts.of(failure));
        } catch (Throwable bug) {
            return List.of();
        }
    }

    private static List<FailureFact> readRow(Object found, Throwable failure) {
        try {
            if (found instanceof Integer row) {
                return row < 0 ? List.of() : FactTable.row(row).read(failure, NO_ACCESSORS);
            }
            Object[] parts = (Object[]) found;
            return FactTable.row((Integer) parts[0]).read(failure, (MethodHandle[]) parts[1]);
        } catch (Throwable bug) {
            // An accessor of a foreign class may throw anything.
            return List.of();
        }
    }

    /**
     * The row of each class: its number, or the number and the accessors of the class; -1 for none.
     *
     * <p>Values are of the JDK's types only. They live as long as the class that they describe, which may be a class of the
     * JDK. A value of our own type would keep our class loader alive then.
     */
    private static final class Rows extends ClassValue<Object> {
        @Override
        protected Object computeValue(Class<?> type) {
            int row = FactTable.find(type);
            List<String> paths = row < 0 ? List.of() : FactTable.row(row).paths();
            if (paths.isEmpty()) {
                return row;
            }
            MethodHandle[] accessors = new MethodHandle[paths.size()];
            for (int i = 0; i < accessors.length; i++) {
                @Nullable MethodHandle accessor = Accessors.find(type, paths.get(i));
                if (accessor == null) {
                    return -1;
                }
                accessors[i] = accessor;
            }
            return new Object[] {row, accessors};
        }
    }

    /** Only what Respite's own class loader sees: anything else could be undeployed before Respite is. */
    private static List<FailureFacts> installed() {
        List<FailureFacts> found = new ArrayList<>();
        Iterator<FailureFacts> providers;
        try {
            providers = ServiceLoader.load(FailureFacts.class, FailureFacts.class.getClassLoader())
                    .iterator();
        } catch (ServiceConfigurationError undeclared) {
            return List.of(); // In the module of a library that embeds Respite and uses no providers.
        }
        while (true) {
            try {
                if (!providers.hasNext()) {
                    return List.copyOf(found);
                }
                found.add(providers.next());
            } catch (ServiceConfigurationError broken) {
                System.getLogger("dev.respite")
                        .log(
                                Level.WARNING,
                                "a provider of " + FailureFacts.class.getName()
                                        + " cannot be loaded and is left out; correct its META-INF/services entry",
                                broken);
            }
        }
    }
}
