package dev.respite.benchmarks.stores;

import com.zaxxer.hikari.HikariDataSource;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.jdbc.TransactionalIdempotency;
import dev.respite.idempotency.store.StoredResponse;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** A database: a payment of three statements, in one transaction with its record. */
final class JdbcRig implements Rig {

    private final Database database;
    private final HikariDataSource pool;
    private final TransactionalIdempotency idempotency;
    private final HandWrittenStore byHand;
    private final StoreCalls[] calls;
    private final StoredResponse receipt = StoredResponse.of(RECEIPT);

    JdbcRig(Database database, int workers) throws SQLException, IOException {
        this.database = database;
        this.calls = StoreCalls.of(workers);
        database.makeTables(2 * workers);
        this.pool = database.pool(workers);
        this.idempotency = TransactionalIdempotency.of(pool);
        this.byHand = new HandWrittenStore(pool);
        for (int worker = 0; worker < workers; worker++) {
            for (IdempotentCall call : calls[worker].done()) {
                execute(worker, call);
                byHand.twoCommits(worker, call);
            }
        }
    }

    @Override
    public List<Contest> contests() {
        return List.of(
                new Contest(
                        "execute",
                        worker -> {
                            IdempotentCall call = calls[worker].fresh();
                            return () -> execute(worker, call);
                        },
                        List.of(
                                new Contest.Floor("insert, update, own commit of the claim", worker -> {
                                    IdempotentCall call = calls[worker].fresh();
                                    return () -> byHand.twoCommits(worker, call);
                                }),
                                new Contest.Floor("insert, update, one commit", worker -> {
                                    IdempotentCall call = calls[worker].fresh();
                                    return () -> byHand.oneCommit(worker, call);
                                }))),
                new Contest(
                        "replay",
                        worker -> {
                            IdempotentCall call = calls[worker].nextDone();
                            return () -> replay(call);
                        },
                        List.of(new Contest.Floor("select by key", worker -> {
                            IdempotentCall call = calls[worker].nextDone();
                            return () -> byHand.select(call);
                        }))));
    }

    private void execute(int worker, IdempotentCall call) throws SQLException {
        IdempotentResult result = idempotency.execute(call, (Connection connection) -> {
            Payment.on(connection, worker, call.key().value());
            return receipt;
        });
        if (!(result instanceof IdempotentResult.Executed)) {
            throw new IllegalStateException("a new key led to " + result);
        }
    }

    private void replay(IdempotentCall call) {
        IdempotentResult result = idempotency.execute(call, (Connection connection) -> receipt);
        if (!(result instanceof IdempotentResult.Replayed)) {
            throw new IllegalStateException("a key that is done led to " + result);
        }
    }

    @Override
    public void close() throws Exception {
        pool.close();
        database.stop().close();
    }
}
