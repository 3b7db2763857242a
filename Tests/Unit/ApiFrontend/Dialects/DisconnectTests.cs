using FlowGpt.Tests.Unit.ApiFrontend.Hosting;

namespace FlowGpt.Tests.Unit.ApiFrontend.Dialects;

/// <summary>A client that goes away stops its upstream call.</summary>
public sealed class DisconnectTests
{
    private const string Body = """{"model":"gpt-4-free","messages":[{"role":"user","content":"hi"}]}""";
    private const string StreamBody = """{"model":"gpt-4-free","stream":true,"messages":[{"role":"user","content":"hi"}]}""";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Stream_ClientLeavesAfterText_CancelsTheResponse()
    {
        await using var host = await FrontendHost.StartAsync();
        host.Grains.OnConversation = (conversation, _) => conversation.Says("a");

        var response = await host.PostChatAsync(StreamBody);
        var stream = await response.Content.ReadAsStreamAsync();
        Assert.True(await stream.ReadAsync(new byte[16]) > 0);
        response.Dispose();

        var conversation = host.Grains.Conversations[0];
        Assert.Equal(conversation.Starts[0].ResponseId, await conversation.Cancelled.WaitAsync(Deadline));
    }

    [Theory]
    [InlineData(Body)]
    [InlineData(StreamBody)]
    public async Task Run_ClientLeavesBeforeAnyText_CancelsTheResponse(string body)
    {
        await using var host = await FrontendHost.StartAsync();
        var created = new TaskCompletionSource<ScriptedConversation>(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Grains.OnConversation = (conversation, _) => created.SetResult(conversation);
        using var leaving = new CancellationTokenSource();

        var pending = host.PostChatAsync(body, cancellationToken: leaving.Token);
        var conversation = await created.Task.WaitAsync(Deadline);
        await conversation.Waits.ReadAsync().AsTask().WaitAsync(Deadline);
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
        Assert.Equal(conversation.Starts[0].ResponseId, await conversation.Cancelled.WaitAsync(Deadline));
    }

    [Fact]
    public async Task Stream_ReadToItsEnd_IsNotCancelled()
    {
        await using var host = await FrontendHost.StartAsync();
        host.Grains.OnConversation = (conversation, _) => conversation.Completes("a");

        using var response = await host.PostChatAsync(StreamBody);
        await response.Content.ReadAsStringAsync();

        Assert.False(host.Grains.Conversations[0].Cancelled.IsCompleted);
    }

    [Fact]
    public async Task Run_ClientWithIdempotencyKeyLeaves_GoesOnForItsReturn()
    {
        await using var host = await FrontendHost.StartAsync();
        var created = new TaskCompletionSource<ScriptedConversation>(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Grains.OnConversation = (conversation, _) => created.SetResult(conversation);
        using var leaving = new CancellationTokenSource();

        var pending = host.PostChatAsync(Body, WithKey, leaving.Token);
        var conversation = await created.Task.WaitAsync(Deadline);
        await conversation.Waits.ReadAsync().AsTask().WaitAsync(Deadline);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
        conversation.Completes("still here").Completes("still here");
        using var again = await host.PostChatAsync(Body, WithKey);

        Assert.Contains("still here", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(conversation.Cancelled.IsCompleted);
        Assert.Same(conversation, Assert.Single(host.Grains.Conversations));
    }

    private static void WithKey(HttpRequestMessage request) => request.Headers.Add("Idempotency-Key", "key-1");
}
