package dev.respite.grpc;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** The ways to make a unary call. */
enum Stub {
    BLOCKING {
        @Override
        Running begin(Channel channel, MethodDescriptor<String, String> method, CallOptions options) {
            CompletableFuture<String> result = new CompletableFuture<>();
            Thread caller = new Thread(() -> {
                String end = end(() -> ClientCalls.blockingUnaryCall(channel, method, options, "tea"));
                result.complete(Thread.interrupted() ? end + " interrupted" : end);
            });
            caller.start();
            return new Running(result, caller::interrupt);
        }
    },
    FUTURE {
        @Override
        Running begin(Channel channel, MethodDescriptor<String, String> method, CallOptions options) {
            CompletableFuture<String> result = new CompletableFuture<>();
            ListenableFuture<String> future = ClientCalls.futureUnaryCall(channel.newCall(method, options), "tea");
            future.addListener(() -> result.complete(end(future::get)), Runnable::run);
            return new Running(result, () -> future.cancel(true));
        }
    },
    ASYNC {
        @Override
        Running begin(Channel channel, MethodDescriptor<String, String> method, CallOptions options) {
            CompletableFuture<String> result = new CompletableFuture<>();
            ClientCall<String, String> call = channel.newCall(method, options);
            ClientCalls.asyncUnaryCall(call, "tea", new StreamObserver<>() {
                private final StringBuilder events = new StringBuilder();

                @Override
                public void onNext(String message) {
                    events.append(message);
                }

                @Override
                public void onError(Throwable failure) {
                    result.complete(
                            events + Status.fromThrowable(failure).getCode().name());
                }

                @Override
                public void onCompleted() {
                    result.complete(events.toString());
                }
            });
            return new Running(result, () -> call.cancel("enough", null));
        }
    };

    /** A call that runs. */
    record Running(CompletableFuture<String> result, Runnable cancellation) {}

    @FunctionalInterface
    interface Call {
        String get() throws Exception;
    }

    abstract Running begin(Channel channel, MethodDescriptor<String, String> method, CallOptions options);

    Running begin(Channel channel, MethodDescriptor<String, String> method) {
        return begin(channel, method, CallOptions.DEFAULT);
    }

    /** The message, or the code of the failure. */
    private static String end(Call call) {
        try {
            return call.get();
        } catch (StatusRuntimeException failed) {
            return failed.getStatus().getCode().name();
        } catch (ExecutionException failed) {
            return Status.fromThrowable(failed.getCause()).getCode().name();
        } catch (CancellationException cancelled) {
            return "CANCELLED";
        } catch (Exception other) {
            return other.toString();
        }
    }
}
