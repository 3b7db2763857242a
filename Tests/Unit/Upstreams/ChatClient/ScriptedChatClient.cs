using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.AI;

namespace FlowGpt.Tests.Unit.Upstreams.ChatClient;

/// <summary>A foreign chat client whose replies a test scripts.</summary>
internal sealed class ScriptedChatClient : IChatClient
{
    private readonly Channel<ChatResponseUpdate> _updates = Channel.CreateUnbounded<ChatResponseUpdate>();

    public List<ChatMessage> Messages { get; } = [];

    public ChatOptions? Options { get; private set; }

    public bool Disposed { get; private set; }

    public TaskCompletionSource Cancelled { get; } = new();

    public void Say(params string[] texts)
    {
        foreach (var text in texts)
        {
            _updates.Writer.TryWrite(new ChatResponseUpdate(ChatRole.Assistant, text));
        }
    }

    public void Say(AIContent content) => _updates.Writer.TryWrite(new ChatResponseUpdate(ChatRole.Assistant, [content]));

    public void End(Exception? failure = null) => _updates.Writer.Complete(failure);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        Messages.AddRange(messages);
        Options = options;
        try
        {
            await foreach (var update in _updates.Reader.ReadAllAsync(cancellationToken))
            {
                yield return update;
            }
        }
        finally
        {
            if (cancellationToken.IsCancellationRequested)
            {
                Cancelled.TrySetResult();
            }
        }
    }

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    ) => throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose() => Disposed = true;
}
