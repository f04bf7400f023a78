package dev.respite.durable;

import static dev.respite.durable.DurableFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.testsupport.LogLines;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeadLetterLogTest {

    private final LogLines lines = LogLines.of("dev.respite.durable");
    private final DeadLetterLog log = new DeadLetterLog();

    @AfterEach
    void close() {
        lines.close();
    }

    /** Other tests log at the same time. */
    private List<String> lines(String task) {
        return lines.all().stream()
                .filter(line -> line.contains("of task '" + task))
                .toList();
    }

    private void add(String id, String task, String reason) {
        log.add(new DeadLetter(
                "letter " + id,
                new DeadLetter.Call(task, id, "key", 1, Optional.empty()),
                DeadLetter.State.DEAD,
                reason,
                Instant.EPOCH,
                new DeadLetter.Attempts(3, Optional.empty(), "error of " + id, "")));
    }

    @Test
    void letters_ofAnOutage_areTwoLines() {
        add("order 0", "before", "total timeout");
        assertThat(lines("before"))
                .singleElement()
                .asString()
                .endsWith(" error of order 0; messages: -Drespite.failure-messages=true");
        IntStream.rangeClosed(1, 1_000).forEach(id -> add("order " + id, "outage", "total timeout"));
        assertThat(lines("outage"))
                .containsExactly("call 'order 1' of task 'outage' is dead letter 'letter order 1': total timeout;"
                        + " error of order 1");
        log.flush();
        assertThat(lines("outage"))
                .hasSize(2)
                .endsWith("999 more calls of task 'outage' became dead letters: total timeout;"
                        + " the last is 'order 1000': error of order 1000");
    }

    @Test
    void letters_afterALineOfTheirGroup_waitForTheNextFlush() {
        add("order 1", "steady", "total timeout");
        add("order 2", "steady", "total timeout");
        log.flush();
        add("order 3", "steady", "total timeout");
        assertThat(lines("steady")).hasSize(2);
        log.flush();
        assertThat(lines("steady")).hasSize(3).element(2).asString().startsWith("1 more call of task 'steady' became");
        log.flush();
        log.flush();
        assertThat(lines("steady")).hasSize(3);
        add("order 4", "steady", "total timeout");
        assertThat(lines("steady")).hasSize(4);
    }

    @Test
    void letters_ofOtherTasksAndReasons_areOtherGroups() {
        add("order 1", "group one", "total timeout");
        add("order 2", "group one", "fatal");
        add("order 3", "group two", "total timeout");
        assertThat(lines("group")).hasSize(3);
        log.flush();
        assertThat(lines("group")).hasSize(3);
    }

    /** Attempts that end, and the flush, run on threads of their own. */
    @Test
    void letters_ofOtherThreads_areLogged() {
        for (String task : List.of("thread one", "thread two")) {
            Thread thread = new Thread(() -> {
                add("order 1", task, "fatal");
                log.flush();
            });
            thread.setDaemon(true);
            thread.start();
        }
        eventually(() -> assertThat(lines("thread")).hasSize(2));
    }
}
