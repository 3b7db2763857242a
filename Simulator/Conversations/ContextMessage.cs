using FlowGpt.Simulator.Truth;

namespace FlowGpt.Simulator.Conversations;

/// <summary>One message of a conversation; a reply's text is built only when it is read.</summary>
internal readonly struct ContextMessage
{
    private readonly string? _text;
    private readonly Exchange? _reply;

    public ContextMessage(string role, string text)
    {
        Role = role;
        _text = text;
    }

    public ContextMessage(Exchange reply)
    {
        Role = "assistant";
        _reply = reply;
    }

    public string Role { get; }

    public string Text => _text ?? _reply!.Text;

    public int HeldCharacters => _text?.Length ?? _reply!.HeldCharacters;
}
