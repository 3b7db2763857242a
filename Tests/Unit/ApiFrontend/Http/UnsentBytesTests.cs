using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FlowGpt.Tests.Unit.ApiFrontend.Http;

/// <summary>What a client does not take of an answer waits in the system in bounded memory.</summary>
public sealed class UnsentBytesTests
{
    [Fact]
    public async Task Connection_OfAClient_HasABoundedSendBuffer()
    {
        await using var host = await FrontendHost.StartAsync(routes: static app =>
            app.MapGet(
                "/send-buffer",
                static context =>
                    context.Response.WriteAsync($"{context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket.SendBufferSize}")
            )
        );
        using var http = host.NewClient();

        var bytes = int.Parse(await http.GetStringAsync("/send-buffer", TestDeadline.Token));

        // Linux doubles what is asked for.
        Assert.InRange(bytes, 1, 512 * 1024);
    }
}
