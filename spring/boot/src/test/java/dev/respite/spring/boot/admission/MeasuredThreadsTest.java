package dev.respite.spring.boot.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.respite.admission.QueueTime;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.coyote.http11.Http11NioProtocol;
import org.junit.jupiter.api.Test;
import org.springframework.boot.jetty.autoconfigure.JettyServerProperties;

/** The threads of servers have the settings that they would have without a measurement, and each task is measured. */
class MeasuredThreadsTest {

    private final QueueTime queueTime = QueueTime.create();

    @Test
    void threadsOfTomcat_haveTheSettingsOfTheirConnector() {
        Http11NioProtocol protocol = new Http11NioProtocol();
        protocol.setMaxThreads(17);
        protocol.setMinSpareThreads(3);
        protocol.setMaxQueueSize(5);
        protocol.setThreadPriority(Thread.MIN_PRIORITY);

        MeasuredTomcatThreads threads = MeasuredTomcatThreads.of(protocol, queueTime);

        assertThat(threads.getMaxThreads()).isEqualTo(17);
        assertThat(threads.getMinSpareThreads()).isEqualTo(3);
        assertThat(threads.getMaxQueueSize()).isEqualTo(5);
        assertThat(threads.getThreadPriority()).isEqualTo(Thread.MIN_PRIORITY);
        assertThat(threads.getName()).isEqualTo(protocol.getName());
        assertThat(threads.getNamePrefix()).startsWith("http-nio-").endsWith("-exec-");
    }

    @Test
    void threadsOfJetty_haveTheSettingsOfSpringBoot() {
        JettyServerProperties.Threads settings = new JettyServerProperties().getThreads();
        settings.setMax(17);
        settings.setMin(3);
        settings.setIdleTimeout(Duration.ofSeconds(5));

        MeasuredJettyThreads threads = MeasuredJettyThreads.of(settings, queueTime);

        assertThat(threads.getMaxThreads()).isEqualTo(17);
        assertThat(threads.getMinThreads()).isEqualTo(3);
        assertThat(threads.getIdleTimeout()).isEqualTo(5_000);
    }

    /** The first task is an ordinary one. A reserved thread runs several tasks one after the other, as parts of one task of the pool. */
    @Test
    void tasksOfJetty_alsoOnAReservedThread_haveWaitsOfTheirOwn() throws Exception {
        MeasuredJettyThreads threads = MeasuredJettyThreads.of(new JettyServerProperties().getThreads(), queueTime);
        threads.setReservedThreads(1);
        threads.start();
        try {
            List<Boolean> measured = new CopyOnWriteArrayList<>();
            threads.execute(() -> measured.add(queueTime.takeWaitedNanos().isPresent()));
            await().until(() -> measured.size() == 1);
            for (int i = 2; i <= 10; i++) {
                await().until(() -> threads.tryExecute(
                        () -> measured.add(queueTime.takeWaitedNanos().isPresent())));
                int ran = i;
                await().until(() -> measured.size() == ran);
            }
            assertThat(measured).isEqualTo(Collections.nCopies(10, true));
        } finally {
            threads.stop();
        }
    }
}
