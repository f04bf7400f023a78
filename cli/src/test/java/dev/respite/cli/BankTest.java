package dev.respite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BankTest {

    private static final Transfer TRANSFER = new Transfer(0, 1, 2, 50);

    @Test
    void transfer_withoutAKey_isRunEachTime() {
        Bank bank = new Bank(1);
        bank.move(TRANSFER, Optional.empty());
        bank.move(TRANSFER, Optional.empty());

        assertThat(bank.timesRun(0)).isEqualTo(2);
    }

    @Test
    void transfer_withAnotherKey_isAnotherTransfer() {
        Bank bank = new Bank(1);
        bank.move(TRANSFER, Optional.of("a"));
        bank.move(TRANSFER, Optional.of("b"));

        assertThat(bank.timesRun(0)).isEqualTo(2);
    }

    @Test
    void transfers_withOneKeyAtOnce_areRunOnceAndAnsweredAlike() throws Exception {
        Bank bank = new Bank(1);
        long before = bank.money();
        ExecutorService clients = Executors.newFixedThreadPool(8);
        try {
            Callable<String> move = () -> bank.move(TRANSFER, Optional.of("key"));
            List<Future<String>> answers =
                    clients.invokeAll(Stream.generate(() -> move).limit(200).toList());
            for (Future<String> answer : answers) {
                assertThat(answer.get()).isEqualTo("moved 50");
            }
        } finally {
            clients.shutdownNow();
        }
        assertThat(bank.timesRun(0)).isEqualTo(1);
        assertThat(bank.money()).isEqualTo(before);
    }
}
