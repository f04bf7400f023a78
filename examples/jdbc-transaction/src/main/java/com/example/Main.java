package com.example;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Two transfers that deadlock: the database rolls one of them back, and it runs again as a whole. */
public final class Main {

    private Main() {}

    public static void main(String[] args) throws SQLException, InterruptedException, ExecutionException {
        Bank bank = Bank.open();
        // SQLState 40001 (serialization failure, deadlock) is retried by default. Class 08 (the connection broke) is,
        // too,
        // but after a COMMIT it does not show whether the transaction took effect: here it ends the call.
        Retry retry = Retry.of(RetryPolicy.parse("stop-on=sqlstate:08"));

        ExecutorService threads = Executors.newFixedThreadPool(2);
        List<Future<?>> transfers = List.of(
                threads.submit(() -> transfer(retry, bank, "alice", "bob", 100)),
                threads.submit(() -> transfer(retry, bank, "bob", "alice", 30)));
        threads.shutdown();
        for (Future<?> transfer : transfers) {
            transfer.get();
        }

        System.out.println("attempts: " + retry.counts().attempts());
        System.out.println("ledger: " + bank.ledger());
        System.out.println("balances: " + bank.balances());
    }

    private static Void transfer(Retry retry, Bank bank, String from, String to, int amount) throws SQLException {
        // The whole transaction is the operation: after a rollback none of its statements has an effect.
        retry.run(() -> bank.transfer(from, to, amount));
        return null;
    }
}
