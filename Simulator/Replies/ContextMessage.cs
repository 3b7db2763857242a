namespace FlowGpt.Simulator.Replies;

/// <summary>One message of a conversation; a reply's text is built only when it is read.</summary>
internal readonly struct ContextMessage
{
    private readonly string? _text;
    private readonly Reply? _reply;
    private readonly int _fragments;

    public ContextMessage(string role, string text)
    {
        Role = role;
        _text = text;
    }

    /// <summary>A reply, of which so many fragments were written.</summary>
    public ContextMessage(Reply reply, int fragments)
    {
        Role = "assistant";
        _reply = reply;
        _fragments = fragments;
    }

    public string Role { get; }

    public string Text => _text ?? _reply!.Text(_fragments);

    public int HeldCharacters => _text?.Length ?? _reply!.Head.Length;
}
