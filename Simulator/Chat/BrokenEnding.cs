using FlowGpt.Simulator.Behaviour;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace FlowGpt.Simulator.Chat;

/// <summary>Ends a response in a way no healthy server does.</summary>
internal static class BrokenEnding
{
    /// <summary>Breaks the connection if the fault is of a kind that does; what was flushed before reaches the client.</summary>
    public static Task RunAsync(HttpContext context, FaultKind kind)
    {
        switch (kind)
        {
            case FaultKind.ResetAfter or FaultKind.ResetBeforeHeaders:
                context.Abort();
                return Task.CompletedTask;
            case FaultKind.CloseAfter:
                return CloseAsync(context);
            default:
                return Task.CompletedTask;
        }
    }

    /// <summary>Silence until the client goes away.</summary>
    /// <exception cref="OperationCanceledException">It did.</exception>
    public static Task StallAsync(HttpContext context) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);

    // Only the sending side is closed, so whatever the kernel still holds is delivered before the end, as by a proxy that was stopped.
    private static async Task CloseAsync(HttpContext context)
    {
        var socket = context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;
        socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        try
        {
            await StallAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has seen the end and closed its side.
        }
        finally
        {
            context.Abort();
        }
    }
}
