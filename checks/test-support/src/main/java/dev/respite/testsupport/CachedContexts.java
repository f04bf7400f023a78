package dev.respite.testsupport;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** The applications that several test classes share: those that Spring's tests cache, and those that a test keeps. */
public final class CachedContexts {

    private static final String PACKAGE = "org.springframework.test.context.cache.";
    private static final String HOLDER = PACKAGE + "DefaultCacheAwareContextLoaderDelegate";
    private static final List<AutoCloseable> CONTEXTS = new CopyOnWriteArrayList<>();

    private CachedContexts() {}

    /** Keeps an application for later classes. It is closed when all tests have ended. */
    public static <T extends AutoCloseable> T keep(T application) {
        CONTEXTS.add(application);
        return application;
    }

    static List<AutoCloseable> all() {
        List<AutoCloseable> all = new ArrayList<>(CONTEXTS);
        if (OwnWork.isPresent(HOLDER)) {
            Object cache = OwnWork.read(HOLDER, "defaultContextCache", null);
            Map<?, AutoCloseable> contexts = OwnWork.read(PACKAGE + "DefaultContextCache", "contextMap", cache);
            all.addAll(contexts.values());
        }
        return all;
    }

    static void close() {
        for (AutoCloseable context : all()) {
            try {
                context.close();
            } catch (Exception failed) {
                throw new IllegalStateException("a shared application cannot be closed", failed);
            }
        }
    }
}
