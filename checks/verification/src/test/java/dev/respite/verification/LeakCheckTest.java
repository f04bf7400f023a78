package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder.discoveryRequest;

import com.zaxxer.hikari.HikariDataSource;
import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import dev.respite.idempotency.store.Purger;
import dev.respite.testsupport.LeakCheck;
import dev.respite.time.TimeSource;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** A leak in a test class fails the session, and with it the build of the module. */
class LeakCheckTest {

    private static Leak planted;
    private static AutoCloseable left;

    /** A class that succeeds and leaves something. */
    static class Leaking {
        @Test
        void leak() throws Exception {
            left = planted.leak();
        }
    }

    enum Leak {
        BUFFER("LeakCheckTest$Leak$1.leak(LeakCheckTest.java") {
            @Override
            AutoCloseable leak() {
                assertThat(UnpooledByteBufAllocator.DEFAULT.buffer(1).refCnt()).isOne();
                return () -> {};
            }
        },
        TASK("Leaking left a pending task: ") {
            @Override
            AutoCloseable leak() {
                return Purger.start(InMemoryIdempotencyStore.create());
            }
        },
        TIMEOUT("dev.respite.time.TimeoutBuffer$Entry") {
            @Override
            AutoCloseable leak() {
                long hour = Duration.ofHours(1).toNanos();
                Future<?> timeout = TimeSource.system().schedule((TimeSource.Timeout) () -> {}, hour);
                return () -> timeout.cancel(false);
            }
        },
        TASK_OF_A_SPARE_THREAD("Leaking left a task of respite-spare\n\tat ") {
            @Override
            AutoCloseable leak() throws Exception {
                TimeSource time = TimeSource.on(Runnable::run);
                CountDownLatch running = new CountDownLatch(1);
                CountDownLatch over = new CountDownLatch(1);
                Runnable task = () -> {
                    running.countDown();
                    assertThat(catchThrowable(over::await)).isNull();
                };
                Future<?> unused = time.schedule(() -> time.executor().execute(task), 1);
                running.await();
                return over::countDown;
            }
        },
        POOL("Leaking left the thread respite-attempt\n\tat ") {
            @Override
            AutoCloseable leak() {
                ExecutorService pool = Executors.newCachedThreadPool(task -> new Thread(task, "respite-attempt"));
                pool.execute(() -> {});
                return pool::shutdown;
            }
        },
        CONNECTION("Leaking left borrowed connections of Pool (HikariPool-") {
            @Override
            AutoCloseable leak() throws Exception {
                HikariDataSource pool = new HikariDataSource();
                pool.setJdbcUrl("jdbc:h2:mem:leak");
                assertThat(pool.getConnection()).isNotNull();
                return pool;
            }
        };

        final String message;

        Leak(String message) {
            this.message = message;
        }

        /** Returns what removes the leak. */
        abstract AutoCloseable leak() throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    void session_ofAClassThatLeaks_failsAndNamesTheClass(Leak leak) throws Exception {
        planted = leak;
        assertThat(failure(Leaking.class))
                .hasMessageStartingWith("leaks of test classes: 1\n")
                .hasMessageContainingAll("LeakCheckTest$Leaking ", leak.message);
        left.close();
    }

    static class EndsSoon {
        @Test
        void task_forALaterMoment_isScheduled() {
            Future<?> unused = TimeSource.system().schedule(() -> {}, 100_000_000);
        }
    }

    @Test
    void session_ofAClassWhoseWorkEndsSoon_succeeds() {
        assertThat(failure(EndsSoon.class)).isNull();
    }

    /** Returns the failure of a session in which the one test of a class succeeds. */
    private static Throwable failure(Class<?> testClass) {
        LauncherConfig config = LauncherConfig.builder()
                .enableLauncherSessionListenerAutoRegistration(false)
                .addLauncherSessionListeners(new LeakCheck(Duration.ofSeconds(1)))
                .build();
        var request = discoveryRequest().selectors(selectClass(testClass)).build();
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        Throwable failure = catchThrowable(() -> {
            try (LauncherSession session = LauncherFactory.openSession(config)) {
                session.getLauncher().execute(request, summary);
            }
        });
        assertThat(summary.getSummary().getTestsSucceededCount()).isOne();
        return failure;
    }
}
