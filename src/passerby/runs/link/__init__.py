"""Links people across the films of several cameras."""
