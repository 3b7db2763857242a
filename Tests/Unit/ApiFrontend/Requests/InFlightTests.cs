using System.Net;
using FlowGpt.ApiFrontend;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.Tests.Unit.ApiFrontend.Hosting;
using Microsoft.Extensions.Options;

namespace FlowGpt.Tests.Unit.ApiFrontend.Requests;

public sealed class InFlightTests
{
    private readonly InFlight _inFlight = new(Options.Create(new FrontendOptions { MaxInFlightPerKey = 2, MaxInFlightPerAddress = 3 }));

    [Fact]
    public void TryEnter_KeyOrAddressFull_IsRefusedUntilAPlaceIsGivenBack()
    {
        var (here, there) = (IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2"));
        var first = _inFlight.TryEnter("a", here)!;
        Assert.NotNull(_inFlight.TryEnter("a", here));
        Assert.Null(_inFlight.TryEnter("a", there));
        Assert.NotNull(_inFlight.TryEnter("b", here));
        Assert.Null(_inFlight.TryEnter("c", here));
        Assert.NotNull(_inFlight.TryEnter("c", there));

        first.Dispose();
        first.Dispose();

        Assert.NotNull(_inFlight.TryEnter("a", here));
        Assert.Null(_inFlight.TryEnter("a", here));
    }

    [Fact]
    public async Task Chat_KeyHasAllItsPlaces_Is429AndTheNextOneAfterIsServed()
    {
        const string body = """{"model":"gpt-4-free","messages":[{"role":"user","content":"hi"}]}""";
        await using var host = await FrontendHost.StartAsync(static options => options.MaxInFlightPerKey = 1);
        var prepared = new TaskCompletionSource<ScriptedConversation>(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Grains.OnConversation = (conversation, _) => prepared.TrySetResult(conversation);
        var first = host.PostChatAsync(body);
        var conversation = await prepared.Task;
        await conversation.Started;

        using (var refused = await host.PostChatAsync(body))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.Equal("rate_limit_exceeded", (await ErrorBody.ReadAsync(refused)).Code);
        }

        conversation.Completes("done");
        using var served = await first;
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
    }
}
