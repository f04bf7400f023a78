package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.respite.undeployed.Application;
import dev.respite.undeployed.BusyTimer;
import dev.respite.undeployed.RecordMethods;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Rule 30: when the last call of an application has ended, nothing of it stays reachable from Respite, its threads, or the
 * threads that made the calls. Class loaders are collected in their own time, so these tests wait, with a limit.
 */
class Rule30NothingStaysReachableTest {

    /** Loads some classes itself, even if its parent has them too. */
    private static final class OwnLoader extends URLClassLoader {
        private final Predicate<String> own;

        OwnLoader(ClassLoader parent, Predicate<String> own) throws Exception {
            super(new URL[] {rootOf(Retry.class), rootOf(Application.class)}, parent);
            this.own = own;
        }

        private static URL rootOf(Class<?> type) throws Exception {
            String file = type.getName().replace('.', '/') + ".class";
            String whole = type.getResource("/" + file).toString();
            return new URI(whole.substring(0, whole.length() - file.length())).toURL();
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = own.test(name) ? findLoadedClass(name) : super.loadClass(name, resolve);
                return loaded == null ? findClass(name) : loaded;
            }
        }

        /** Runs one of its classes as a container does: on a thread that lives on, with this context class loader. */
        void run(Class<?> type) throws Exception {
            Thread thread = Thread.currentThread();
            ClassLoader before = thread.getContextClassLoader();
            thread.setContextClassLoader(this);
            try {
                ((Runnable) loadClass(type.getName()).getConstructor().newInstance()).run();
            } finally {
                thread.setContextClassLoader(before);
            }
        }
    }

    private static OwnLoader withRespite() throws Exception {
        return new OwnLoader(ClassLoader.getPlatformClassLoader(), name -> name.startsWith("dev.respite."));
    }

    private static WeakReference<ClassLoader> deployedWithRespite() throws Exception {
        try (OwnLoader loader = withRespite()) {
            loader.run(Application.class);
            return new WeakReference<>(loader);
        }
    }

    private static WeakReference<ClassLoader> deployedOn(OwnLoader respite) throws Exception {
        Predicate<String> own = name -> name.startsWith(Application.class.getName());
        try (OwnLoader loader = new OwnLoader(respite, own)) {
            loader.run(Application.class);
            return new WeakReference<>(loader);
        }
    }

    private static void assertCollected(WeakReference<ClassLoader> loader) throws Exception {
        try (OwnLoader next = withRespite()) {
            next.run(RecordMethods.class);
        }
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    System.gc();
                    return loader.get() == null;
                });
    }

    private static Set<Thread> threadsOf(ClassLoader respite) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getClass().getClassLoader() == respite)
                .collect(Collectors.toSet());
    }

    @Test
    void application_withRespiteInItsOwnLoader_isCollected() throws Exception {
        assertCollected(deployedWithRespite());
    }

    @Test
    void application_withRespiteInTheLoaderOfItsContainer_isCollectedWhileTheTimerLives() throws Exception {
        try (OwnLoader respite = withRespite()) {
            WeakReference<ClassLoader> application = deployedOn(respite);
            respite.run(BusyTimer.class);
            assertCollected(application);
            assertThat(threadsOf(respite)).hasSize(1).allSatisfy(timer -> {
                assertThat(timer.getContextClassLoader()).isSameAs(ClassLoader.getSystemClassLoader());
                assertThat(timer.isDaemon()).isTrue();
            });
        }
    }

    @Test
    void timer_thatWasIdle_endsAndComesBack() throws Exception {
        try (OwnLoader respite = withRespite()) {
            respite.run(Application.class);
            Set<Thread> first = threadsOf(respite);
            assertThat(first).hasSize(1);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> threadsOf(respite).isEmpty());
            respite.run(BusyTimer.class);
            assertThat(threadsOf(respite)).hasSize(1).doesNotContainAnyElementsOf(first);
        }
    }
}
