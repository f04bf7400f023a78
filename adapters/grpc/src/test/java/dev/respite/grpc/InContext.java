package dev.respite.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.MethodDescriptor;

/** A channel whose calls are made in a context, on any thread. */
final class InContext extends Channel {

    private final Channel channel;
    private final Context context;

    InContext(Channel channel, Context context) {
        this.channel = channel;
        this.context = context;
    }

    @Override
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
        Context before = context.attach();
        try {
            return channel.newCall(method, options);
        } finally {
            context.detach(before);
        }
    }

    @Override
    public String authority() {
        return channel.authority();
    }
}
