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
    private final StoredResponse receipt = StoredResponse.of(RECEIPT);

    JdbcRig(Database database, List<StoreCalls> calls) throws SQLException, IOException {
        this.database = database;
        database.makeTables(2 * calls.size());
        this.pool = database.pool(calls.size());
        this.idempotency = TransactionalIdempotency.of(pool);
        this.byHand = new HandWrittenStore(pool);
        for (int worker = 0; worker < calls.size(); worker++) {
            for (IdempotentCall call : calls.get(worker).done()) {
                Operation.EXECUTE.check(request(Operation.EXECUTE, worker, call));
                byHand.execute(worker, call);
            }
        }
    }

    @Override
    public IdempotentResult request(Operation operation, int worker, IdempotentCall call) throws SQLException {
        return idempotency.execute(call, (Connection connection) -> {
            Payment.on(connection, worker, call.key().value());
            return receipt;
        });
    }

    @Override
    public Floor floor(Operation operation) {
        return switch (operation) {
            case EXECUTE -> new Floor("insert, update, own commit of the claim", byHand::execute);
            case REPLAY -> new Floor("select by key", (worker, call) -> byHand.select(call));
        };
    }

    @Override
    public void close() throws Exception {
        pool.close();
        database.stop().close();
    }
}
