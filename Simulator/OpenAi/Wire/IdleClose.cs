using System.Net.Sockets;
using FlowGpt.Simulator.Behaviour;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace FlowGpt.Simulator.OpenAi.Wire;

/// <summary>Closes a connection that its client keeps for the next request.</summary>
internal static class IdleClose
{
    /// <summary>Once the reply is sent, closes the connection if behaviour asks for it; no header has said so.</summary>
    public static void AfterReply(HttpContext context, ReplyBehaviour behaviour)
    {
        if (behaviour.OpenAi.CloseIdle == true)
        {
            var socket = context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;
            context.Response.OnCompleted(() =>
            {
                socket.Shutdown(SocketShutdown.Both);
                return Task.CompletedTask;
            });
        }
    }
}
